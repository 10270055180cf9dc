#!/usr/bin/python
"""Facts of a BMC."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: ipmi_bt_facts
short_description: Facts of the BMC of a host
description:
  - Asks the BMC of the host over its BT interface, and sets the fact C(ipmi_bt).
  - A host without a BT interface has C(ipmi_bt.present) false, and does not fail.
options:
  gather:
    description: The subjects to ask about.
    type: list
    elements: str
    choices: [info, lan, chassis, sel, sensors, users]
    default: [info, lan, chassis, sel]
  channel:
    description: The LAN channel of C(lan) and C(users); the first one by default.
    type: int
extends_documentation_fragment: ipmi_bt.fleet.ipmi_bt
notes:
  - Nothing is changed, with C(--check) or without.
  - The SNMP community string is not read, and passwords cannot be.
'''

EXAMPLES = r'''
- ipmi_bt.fleet.ipmi_bt_facts:
    gather: [info, lan]
- ansible.builtin.debug:
    msg: "{{ ipmi_bt.info.firmware_revision }} at {{ ipmi_bt.lan.ipv4.address }}"
  when: ipmi_bt.present
'''

RETURN = r'''
ansible_facts:
  description: The fact C(ipmi_bt), with the JSON of C(ipmi-bt) for each subject.
  returned: always
  type: dict
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ipmi_bt.fleet.plugins.module_utils.ipmi_bt import (
    ARGUMENTS,
    EXIT_ABSENT,
    EXIT_OK,
    IpmiBt,
    without_schema,
)

# The commands, and whether each prints one object or a list.
SUBJECTS = {
    'info': (['info'], False),
    'lan': (['lan', 'print'], False),
    'chassis': (['chassis', 'status'], False),
    'sel': (['sel', 'info'], False),
    'sensors': (['sensor', 'list'], True),
    'users': (['user', 'list'], True),
}
DEFAULT = ['info', 'lan', 'chassis', 'sel']
WITH_CHANNEL = ('lan', 'users')


def facts_of(ipmi, subjects, channel):
    facts = dict(present=True)
    for subject in subjects:
        words, is_list = SUBJECTS[subject]
        if channel is not None and subject in WITH_CHANNEL:
            words = words + ['--channel', str(channel)]
        code, objects, trouble = ipmi.run(words)
        if code == EXIT_ABSENT:
            return dict(present=False, reason=trouble)
        if code != EXIT_OK or not (is_list or objects):
            ipmi.fail('%s: %s' % (' '.join(words), trouble), code, objects)
        fields = [without_schema(one) for one in objects]
        facts[subject] = fields if is_list else fields[0]
    return facts


def main():
    module = AnsibleModule(
        argument_spec=dict(
            ARGUMENTS,
            gather=dict(type='list', elements='str', choices=sorted(SUBJECTS), default=DEFAULT),
            channel=dict(type='int'),
        ),
        supports_check_mode=True,
    )
    facts = facts_of(IpmiBt(module), module.params['gather'], module.params['channel'])
    module.exit_json(changed=False, ansible_facts=dict(ipmi_bt=facts))


if __name__ == '__main__':
    main()
