"""Evaluates expressions of Jinja as Ansible does, each to what it comes to.

stdin: {"vars": {...}, "cases": ["expression", ...]}; stdout: a JSON list of {"value"} or {"error"}.
"""
import json
import os
import sys

os.environ['ANSIBLE_JINJA2_NATIVE'] = '1'

from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.template import Templar  # noqa: E402


def evaluated(templar, expression):
    try:
        value = templar.template('{{ ' + expression + ' }}', escape_backslashes=False)
        json.dumps(value)
        return {'value': value}
    except Exception as error:
        return {'error': str(error)}


given = json.load(sys.stdin)
templar = Templar(loader=DataLoader(), variables=given['vars'])
json.dump([evaluated(templar, case) for case in given['cases']], sys.stdout)
