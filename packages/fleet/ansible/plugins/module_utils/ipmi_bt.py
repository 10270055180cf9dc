"""The command ipmi-bt, as the modules call it: its options, its JSON, its errors."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

# Exit codes of ipmi-bt, as its docs/errors.md has them.
EXIT_OK = 0
EXIT_REFUSED = 1
EXIT_WOULD_CHANGE = 2
EXIT_ABSENT = 69

# There is no program to ask.
MISSING = (
    '%s is no program on this host: install the package ipmi-bt-standalone of Debian or RPM, '
    'or ipmi-bt by npm install -g, as docs/install.md of ipmi-bt says, '
    'or give the path of ipmi-bt by "command"; nothing was sent'
)

# Arguments of each module.
ARGUMENTS = dict(
    command=dict(type='str', default='ipmi-bt'),
    base=dict(type='str'),
    timeout=dict(type='float', default=30.0),
)


class IpmiBt(object):
    """Runs the command for a module."""

    def __init__(self, module):
        self.module = module
        params = module.params
        self.line = [self.found(params['command']), '--json', '--timeout', '%g' % params['timeout']]
        if params['base']:
            self.line += ['--base', params['base']]

    def found(self, command):
        """The path of the program; the module fails where the host does not have it."""
        path = self.module.get_bin_path(command)
        if path is None:
            self.fail(MISSING % command, EXIT_ABSENT)
        return path

    def run(self, words, text=None):
        """The exit code, the objects that it prints, and what it says of a failure.

        What is secret, or may be, goes in by standard input: all users can see a command line.
        """
        code, out, err = self.module.run_command(self.line + words, data=text, binary_data=True)
        objects = self.objects_of(out, err, code)
        return code, objects, trouble_of(objects, err)

    def objects_of(self, out, err, code):
        try:
            objects = [json.loads(line) for line in out.splitlines() if line.strip()]
        except ValueError:
            objects = [None]
        if all(isinstance(one, dict) and 'schema' in one for one in objects):
            return objects
        self.fail('ipmi-bt printed no JSON of its own: %s' % (err.strip() or out.strip()), code)

    def ask(self, words, text=None):
        """The one object of a command that succeeds; the module fails with any other."""
        code, objects, trouble = self.run(words, text)
        if code != EXIT_OK or len(objects) != 1:
            self.fail('%s: %s' % (' '.join(words), trouble), code, objects)
        return objects[0]

    def fail(self, message, code, objects=()):
        errors = errors_in(objects)
        more = dict(error=errors[0]) if errors else {}
        self.module.fail_json(msg=message, rc=code, **more)


def errors_in(objects):
    return [one['error'] for one in objects if one['schema'] == 'ipmi-bt/error']


def trouble_of(objects, err):
    """The error in words."""
    for error in errors_in(objects):
        return error['message']
    lines = [line for line in err.splitlines() if line.strip()]
    return lines[-1] if lines else 'ipmi-bt said nothing'


def without_schema(one):
    """The fields of an object alone."""
    return dict((name, value) for name, value in one.items() if name not in ('schema', 'version'))
