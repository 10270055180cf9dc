// The least that a BT transaction costs on this machine: Get Device ID with the port cycles of the
// driver and nothing around them. No kernel driver may own the ports meanwhile.

#include <stdbool.h>
#include <string.h>
#include <sys/io.h>

#include "samples.h"

enum {
  BASE = 0xce4,
  CTRL = BASE,
  FIFO = BASE + 1,
  PORTS = 3,
};

// BT_CTRL, IPMI 2.0 section 11.6.1.
enum {
  CLR_WR_PTR = 0x01,
  CLR_RD_PTR = 0x02,
  H2B_ATN = 0x04,
  B2H_ATN = 0x08,
  H_BUSY = 0x40,
  B_BUSY = 0x80,
};

enum {
  GET_DEVICE_ID = 0x01,
  REQUEST_NETFN_LUN = 0x06 << 2,
  REPLY_NETFN_LUN = 0x07 << 2,
  REPLY_BYTES_MIN = 4,
};

// Some ten seconds where a port cycle takes a microsecond.
enum { LOOKS_MAX = 10 * 1000 * 1000 };

static void expect(bool holds, const char *what) {
  if (!holds) fail(what);
}

static void write_request(uint8_t seq) {
  const uint8_t frame[] = {3, REQUEST_NETFN_LUN, seq, GET_DEVICE_ID};
  expect((inb(CTRL) & (B_BUSY | H2B_ATN)) == 0, "the BMC is not ready");
  outb(CLR_WR_PTR, CTRL);
  for (size_t i = 0; i < sizeof frame; i++) outb(frame[i], FIFO);
  outb(H2B_ATN, CTRL);
}

static void wait_reply(void) {
  for (uint32_t looks = 0; looks < LOOKS_MAX; looks++) {
    if ((inb(CTRL) & B2H_ATN) != 0) return;
  }
  fail("the BMC does not answer");
}

static uint8_t read_reply(uint8_t *reply) {
  outb(H_BUSY, CTRL);
  outb(B2H_ATN, CTRL);
  expect((inb(CTRL) & B2H_ATN) == 0, "B2H_ATN stays");
  outb(CLR_RD_PTR, CTRL);
  const uint8_t length = inb(FIFO);
  for (uint8_t i = 0; i < length; i++) reply[i] = inb(FIFO);
  expect((inb(CTRL) & H_BUSY) != 0, "H_BUSY was not taken");
  outb(H_BUSY, CTRL);
  expect((inb(CTRL) & (H_BUSY | B2H_ATN)) == 0, "the interface is not quiet");
  return length;
}

static void get_device_id(uint32_t number) {
  const uint8_t seq = (uint8_t)number;
  const uint8_t expected[REPLY_BYTES_MIN] = {REPLY_NETFN_LUN, seq, GET_DEVICE_ID, 0};
  uint8_t reply[UINT8_MAX];
  write_request(seq);
  wait_reply();
  const uint8_t length = read_reply(reply);
  expect(length > sizeof expected, "the reply is too short");
  expect(memcmp(reply, expected, sizeof expected) == 0, "the reply is not to this request");
}

int main(int argc, char **argv) {
  if (ioperm(BASE, PORTS, 1) != 0) fail_errno("ioperm");
  measure(argc, argv, get_device_id);
  return 0;
}
