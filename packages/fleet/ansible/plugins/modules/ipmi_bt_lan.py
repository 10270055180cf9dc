#!/usr/bin/python
"""The LAN configuration of a BMC, as it is wanted."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: ipmi_bt_lan
short_description: The LAN configuration of the BMC of a host, as it is wanted
description:
  - Reads the LAN configuration, sets what is not as wanted, and reads again whether it is.
  - What is left out of C(settings) stays as it is.
options:
  settings:
    description:
      - The configuration, with the names that C(ipmi-bt schema lan-apply) prints.
    type: dict
    default: {}
  snmp_community:
    description: The SNMP community string. It is never shown.
    type: str
  channel:
    description: The LAN channel; the first one by default.
    type: int
extends_documentation_fragment: ipmi_bt.fleet.ipmi_bt
notes:
  - C(--check) reads only. C(--diff) shows each setting that changes; a secret is C((secret)).
'''

EXAMPLES = r'''
- ipmi_bt.fleet.ipmi_bt_lan:
    settings:
      ipv4: { source: static, address: 192.0.2.9, netmask: 255.255.255.0, gateway: 192.0.2.1 }
      vlan: null
    snmp_community: "{{ vault_snmp_community }}"
'''

RETURN = r'''
changes:
  description: Each setting that changed, or would; C(from) and C(to) are null for a secret.
  returned: success
  type: list
  elements: dict
channel:
  description: The channel that was configured.
  returned: success
  type: int
'''

import json
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ipmi_bt.fleet.plugins.module_utils.ipmi_bt import (
    ARGUMENTS,
    EXIT_OK,
    EXIT_REFUSED,
    EXIT_WOULD_CHANGE,
    IpmiBt,
    without_schema,
)

SECRET = '(secret)'


def secret_file(module):
    """A file with the community string, which only this user can read; None without one."""
    if module.params['snmp_community'] is None:
        return None
    descriptor, path = tempfile.mkstemp(dir=module.tmpdir)
    module.add_cleanup_file(path)
    with os.fdopen(descriptor, 'w') as stream:
        stream.write(module.params['snmp_community'])
    return path


def wanted(module):
    settings = dict(module.params['settings'])
    path = secret_file(module)
    if path is not None:
        settings['snmpCommunityFile'] = path
    return json.dumps(settings)


def side(changes, name):
    """One side of the difference: a line a setting."""
    shown = [(one['path'], SECRET if one['secret'] else one[name]) for one in changes]
    return ''.join('%s: %s\n' % (path, json.dumps(value)) for path, value in shown)


def diff_of(changes):
    before = side(changes, 'from')
    after = side(changes, 'to')
    # Equal sides would look like no change at all.
    after = after.replace('"%s"' % SECRET, '"%s, another"' % SECRET)
    return dict(before=before, after=after)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            ARGUMENTS,
            settings=dict(type='dict', default={}),
            snmp_community=dict(type='str', no_log=True),
            channel=dict(type='int'),
        ),
        supports_check_mode=True,
    )
    ipmi = IpmiBt(module)
    words = ['lan', 'apply', '-', '--check' if module.check_mode else '--yes']
    if module.params['channel'] is not None:
        words += ['--channel', str(module.params['channel'])]
    code, objects, trouble = ipmi.run(words, wanted(module))
    results = [one for one in objects if 'changes' in one]
    if code not in (EXIT_OK, EXIT_REFUSED, EXIT_WOULD_CHANGE) or not results:
        ipmi.fail('lan apply: %s' % trouble, code, objects)
    result = without_schema(results[0])
    changes = result['changes']
    for warning in result['warnings']:
        module.warn('%s: %s' % (warning['path'], warning['reason']))
    end = dict(changed=bool(changes), changes=changes, channel=result['channel'])
    end['diff'] = diff_of(changes)
    if result['unverified']:
        told = ['%s: %s' % (one['path'], one['reason']) for one in result['unverified']]
        module.fail_json(msg='not verified: %s' % '; '.join(told), rc=code, **end)
    module.exit_json(**end)


if __name__ == '__main__':
    main()
