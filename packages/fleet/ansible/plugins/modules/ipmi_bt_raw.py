#!/usr/bin/python
"""One raw IPMI command, sent unless the BMC is already as wanted."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: ipmi_bt_raw
short_description: One raw IPMI command to the BMC of a host
description:
  - Sends a command, and returns the reply. With C(unless) it reads first, sends only if the BMC
    is not as wanted, and reads again whether it is.
options:
  netfn:
    description: The network function, even, or its name, such as C(app).
    type: str
    required: true
  cmd:
    description: The command, such as C(0x01).
    type: str
    required: true
  data:
    description: The data of the request, a byte each.
    type: list
    elements: str
    default: []
  secret_data:
    description:
      - The data of a command that carries a password, a key or a community string, bytes with
        spaces between. It is never shown, and neither is the reply.
    type: str
  lun:
    description: The logical unit.
    type: int
    default: 0
  changes:
    description: The command changes something; C(false) for one that only reads.
    type: bool
    default: true
  unless:
    description: A command that only reads, and its reply when there is nothing to do.
    type: dict
    suboptions:
      netfn: { description: The network function., type: str, required: true }
      cmd: { description: The command., type: str, required: true }
      data: { description: The data of the request., type: list, elements: str, default: [] }
      lun: { description: The logical unit., type: int, default: 0 }
      reply:
        description: The bytes that the data of the reply begins with; C(xx) is any byte.
        type: list
        elements: str
        required: true
extends_documentation_fragment: ipmi_bt.fleet.ipmi_bt
notes:
  - With C(--check) a command that changes something is not sent, and C(reply) is absent.
  - A command that carries a password, a key or a community string takes its data by
    C(secret_data) alone. No byte of a command stands on a command line or in the log of the host.
  - A command that changes something is sent once. If no answer comes, the task fails, and
    C(error.outcome) says whether it may have been executed.
'''

EXAMPLES = r'''
- name: the firmware of the BMC
  ipmi_bt.fleet.ipmi_bt_raw: { netfn: app, cmd: '0x01', changes: false }
  register: device_id

- name: the system stays off after a loss of power
  ipmi_bt.fleet.ipmi_bt_raw:
    netfn: chassis
    cmd: '0x06'
    data: ['0x00']
    unless: { netfn: chassis, cmd: '0x01', reply: ['0x01'] }
'''

RETURN = r'''
reply:
  description: The data of the reply, bytes.
  returned: when the command was sent, without C(secret_data)
  type: list
  elements: int
sent:
  description: True if the command was sent.
  returned: always
  type: bool
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ipmi_bt.fleet.plugins.module_utils.ipmi_bt import (
    ARGUMENTS,
    EXIT_OK,
    IpmiBt,
)

NET_FNS = {
    'chassis': 0x00,
    'bridge': 0x02,
    'sensor': 0x04,
    'app': 0x06,
    'firmware': 0x08,
    'storage': 0x0A,
    'transport': 0x0C,
}
APP = 0x06
TRANSPORT = 0x0C
ANY = 'xx'
BYTE_MAX = 0xFF

# Not even where ipmi-bt knows that a repeat is harmless.
ONCE = ('--retries', '0')

# IPMI 2.0: Activate Session, Set User Password, Set Channel Security Keys; the LAN parameter
# Community String; the parameters with PPP secrets of the serial configuration.
SECRET_COMMANDS = ((APP, 0x3A), (APP, 0x47), (APP, 0x56))
SECRET_PARAMETERS = ((TRANSPORT, 0x01, 16), (TRANSPORT, 0x02, 16))
SECRET_SERIAL = ((TRANSPORT, 0x10), (TRANSPORT, 0x11))


def byte_of(module, text, name):
    try:
        value = int(str(text), 0)
    except ValueError:
        value = -1
    if not 0 <= value <= BYTE_MAX:
        # The text may be a part of a secret.
        module.fail_json(msg='%s is not a byte from 0 to 0xff' % name)
    return value


class QuietModule(AnsibleModule):
    """Does not write its arguments into the log of the host: any data may be secret."""

    def _log_invocation(self):
        self.log('Invoked')


class Request(object):
    """A command, read and checked."""

    def __init__(self, module, params, name):
        net_fn = NET_FNS.get(params['netfn'].lower())
        if net_fn is None:
            net_fn = byte_of(module, params['netfn'], '%snetfn' % name)
        self.net_fn = net_fn
        self.cmd = byte_of(module, params['cmd'], '%scmd' % name)
        self.lun = params['lun']
        secret = params.get('secret_data')
        data = params['data'] if secret is None else secret.split()
        self.data = [byte_of(module, one, 'a byte of %sdata' % name) for one in data]
        self.is_hidden = secret is not None

    def line(self, options):
        head = ['raw', '--lun', str(self.lun)] + list(options)
        return ' '.join(head + ['0x%02x' % one for one in [self.net_fn, self.cmd] + self.data])

    def is_secret(self):
        key = (self.net_fn, self.cmd)
        # The parameter stands behind the channel.
        parameter = self.data[1] if len(self.data) > 1 else None
        return key in SECRET_COMMANDS + SECRET_SERIAL or key + (parameter,) in SECRET_PARAMETERS


def send(ipmi, request, options=()):
    """The data of the reply; the module fails with any completion code but 0."""
    line = request.line(options) + '\n'
    code, objects, trouble = ipmi.run(['exec', '-'], line)
    name = 'netfn 0x%02x cmd 0x%02x' % (request.net_fn, request.cmd)
    if code == EXIT_OK and len(objects) == 1:
        return objects[0]['data']
    for one in objects:
        if one.get('completion_code'):
            trouble = '%s (0x%02x)' % (one['completion_text'], one['completion_code'])
    ipmi.fail('%s: %s' % (name, trouble), code, objects)


class Unless(object):
    """The state of the BMC that makes the command needless."""

    def __init__(self, module, params):
        self.request = Request(module, params, 'unless.')
        self.reply = [
            ANY if one.lower() == ANY else byte_of(module, one, 'a byte of unless.reply')
            for one in params['reply']
        ]

    def holds(self, data):
        pairs = list(zip(self.reply, data))
        return len(pairs) == len(self.reply) and all(
            want in (ANY, have) for want, have in pairs
        )

    def shown(self, data):
        """The bytes that are compared, as they are."""
        compared = list(zip(self.reply, data))
        return ' '.join(ANY if want == ANY else '%02x' % have for want, have in compared) + '\n'

    def wanted(self):
        return ' '.join(one if one == ANY else '%02x' % one for one in self.reply) + '\n'


def run(module, request, unless):
    ipmi = IpmiBt(module)
    end = dict(changed=module.params['changes'], sent=True)
    if unless:
        before = send(ipmi, unless.request)
        if unless.holds(before):
            return dict(changed=False, sent=False)
        end['diff'] = dict(before=unless.shown(before), after=unless.wanted())
    if module.check_mode and module.params['changes']:
        return dict(end, sent=False)
    reply = send(ipmi, request, ONCE if module.params['changes'] else ())
    if not request.is_hidden:
        end['reply'] = reply
    if unless:
        after = send(ipmi, unless.request)
        if not unless.holds(after):
            told = 'the BMC took the command, and is not as wanted: '
            module.fail_json(msg=told + unless.shown(after).strip(), **end)
    return end


def main():
    command = dict(
        netfn=dict(type='str', required=True),
        cmd=dict(type='str', required=True),
        data=dict(type='list', elements='str', default=[]),
        lun=dict(type='int', default=0),
    )
    reply = dict(type='list', elements='str', required=True)
    module = QuietModule(
        argument_spec=dict(
            ARGUMENTS,
            changes=dict(type='bool', default=True),
            secret_data=dict(type='str', no_log=True),
            unless=dict(type='dict', options=dict(command, reply=reply)),
            **command
        ),
        mutually_exclusive=[['data', 'secret_data']],
        supports_check_mode=True,
    )
    request = Request(module, module.params, '')
    params = module.params['unless']
    unless = Unless(module, params) if params else None
    if request.is_secret() and not request.is_hidden:
        module.fail_json(msg='this command carries a secret: give its bytes by secret_data')
    if unless and unless.request.is_secret():
        module.fail_json(msg='the reply of unless would be a secret')
    module.exit_json(**run(module, request, unless))


if __name__ == '__main__':
    main()
