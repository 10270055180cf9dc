"""The documentation of the options that all modules have."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment(object):
    DOCUMENTATION = r'''
options:
  base:
    description: The I/O port of BT_CTRL, such as C(0xce4); by default ipmi-bt finds it.
    type: str
  command:
    description: Path of ipmi-bt on the host.
    type: str
    default: ipmi-bt
  timeout:
    description: The time limit of each request, seconds.
    type: float
    default: 30.0
author: the authors of ipmi-bt
'''
