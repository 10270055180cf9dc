/*
 * A module for OpenIPMI's ipmi_sim, which has no Get System GUID even where it was given a GUID:
 * adds the command. The string it is loaded with is the response data in hex.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { GET_SYSTEM_GUID = 0x37 };

typedef void handler(void *mc, void *msg, unsigned char *reply, unsigned int *length, void *own);

/* ipmi_sim's own: what answers each command of the App network function. */
extern handler *app_netfn_handlers[256];

int ipmi_sim_module_init(void *sys, const char *hex);

static unsigned char guid[16];

static void answer(void *mc, void *msg, unsigned char *reply, unsigned int *length, void *own)
{
  (void)mc;
  (void)msg;
  (void)own;
  reply[0] = 0;
  memcpy(reply + 1, guid, sizeof guid);
  *length = 1 + sizeof guid;
}

int ipmi_sim_module_init(void *sys, const char *hex)
{
  (void)sys;
  if (strlen(hex) != 2 * sizeof guid) return EINVAL;
  for (size_t i = 0; i < sizeof guid; i++)
    if (sscanf(hex + 2 * i, "%2hhx", &guid[i]) != 1) return EINVAL;
  app_netfn_handlers[GET_SYSTEM_GUID] = answer;
  return 0;
}
