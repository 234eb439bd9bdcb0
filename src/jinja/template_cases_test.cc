// Templates, and the results of Jinja2 3.1 with d = {'x': 1, 'y': 2} and the extensions that dbt
// switches on (do, loopcontrols).

#include <string_view>

#include <gtest/gtest.h>

#include "jinja/template.h"

namespace gsa::jinja {
namespace {

struct Case {
  std::string_view text, expected;
};

constexpr Case kCases[] = {
    {"{% set x=0 %}{% for i in [1,2,3] %}{{ x }}{% set x = i %}{% endfor %}{{x}}", "0000"},
    {"{% set x=1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x=2 %}{{ m() }}", "2"},
    {"{% if true %}{% set y=1 %}{% endif %}{{ y }}", "1"},
    {"{% for i in [1] %}{% if true %}{% set y=1 %}{% endif %}{{ y }}{% endfor %}{{ y is defined }}",
     "1False"},
    {"{{ 1 < 2 < 3 }} {{ not 1 in [1] }} {{ 1 if false }}| {{ 'a' 'b' }} {{ '\\d\\n\\x41\\u00e9' "
     "}}",
     "True False | ab \\d\nAé"},
    {"{{ {'a': 1, 'b': [1, 'x', none, 1.0, true, (1,), ()]} }}",
     "{'a': 1, 'b': [1, 'x', None, 1.0, True, (1,), ()]}"},
    {"a\n", "a"},
    {"a\n\n", "a\n"},
    {"a\r\nb\r\n", "a\nb"},
    {"{{ 1 }}\n", "1"},
    {"{% raw %}{{ x }}{% endraw %}\n", "{{ x }}"},
    {"{%- raw -%} {{ x }} {%- endraw -%} z", "{{ x }}z"},
    {"{{ [1,2,3][1:] }} {{ 'hello'[::-1] }} {{ 'hello'[-3:] }} {{ (1,2)[0] }}",
     "[2, 3] olleh llo 1"},
    {"{{ 'it\\'s' ~ \"x\" }} {{ [\"it's\", 'a\"b', 'a\\'b\"c', 'x\\n'] }}",
     "it'sx [\"it's\", 'a\"b', 'a\\'b\"c', 'x\\n']"},
    {"{{ 'hello world-foo bar\\'s' | title }} {{ 'hello world-foo bar\\'s'.title() }} {{ 'hELLO' | "
     "capitalize }}",
     "Hello World-Foo Bar's Hello World-Foo Bar'S Hello"},
    {"{{ 42.55 | round }} {{ 42.55|round(1) }} {{ 42.55|round(1,'floor') }} {{ 42|round }} {{ "
     "2.5|round }} {{ -2.5|round }}",
     "43.0 42.5 42.5 42 2.0 -2.0"},
    {"{{ '3.7'|int }} {{ 'x'|int }} {{ 'x'|int(5) }} {{ '0x1f'|int(0,16) }} {{ 3.9|int }} {{ "
     "'1e3'|float }} {{ 'z'|float }} {{ true|int }}",
     "3 0 5 31 3 1000.0 0.0 1"},
    {"{{ {'b':'<a>','a':[1,2.5,none,true,'é']} | tojson }}",
     "{\"a\": [1, 2.5, null, true, \"\\u00e9\"], \"b\": \"\\u003ca\\u003e\"}"},
    {"{{ [3,1,2]|sort }} {{ ['b','A','c']|sort }} {{ ['b','A','c']|sort(case_sensitive=true) }} {{ "
     "['a','A','b']|unique|list }} {{ [1,2]|reverse|list }} {{ 'abc'|reverse }} {{ ['b','A']|max "
     "}}",
     "[1, 2, 3] ['A', 'b', 'c'] ['A', 'b', 'c'] ['a', 'b'] [2, 1] cba b"},
    {"{{ [1,2]|map('string')|list }} {{ [{'a':1},{'a':2}]|map(attribute='a')|list }} {{ "
     "[1,2,3]|select('odd')|list }} {{ [0,1]|select|list }} {{ "
     "[{'a':1,'b':0}]|selectattr('a','equalto',1)|list }}",
     "['1', '2'] [1, 2] [1, 3] [1] [{'a': 1, 'b': 0}]"},
    {"{{ 1 == true }} {{ '1' == 1 }} {{ 1 == 1.0 }} {{ [1] == [1.0] }} {{ [1]==(1,) }}",
     "True False True True False"},
    {"{{ 'a' * 3 }} {{ [1]*2 }} {{ [1]+[2] }} {{ '%s-%d' % ('a', 3) }} {{ '%05.2f' % 3.14159 }}",
     "aaa [1, 1] [1, 2] a-3 03.14"},
    {"{{ '{} {}'.format(1,'b') }} {{ '{0:>5}|{1:,}|{x:.2f}'.format('a', 1234567, x=2) }}",
     "1 b     a|1,234,567|2.00"},
    {"{% for i in [1,2,3,4] if i is odd %}{{ loop.index }}/{{ loop.length }}:{{ i }}{{ ',' if not "
     "loop.last }}{% else %}none{% endfor %}",
     "1/2:1,2/2:3"},
    {"{% for k, v in {'a':1}.items() %}{{k}}={{v}}{% endfor %}", "a=1"},
    {"{% for i in nothing %}{% else %}e{% endfor %}", "e"},
    {"{{ none }} {{ nothing|length }}{{ nothing|default('d') }} {{ ''|default('d', true) }} {{ "
     "none|default('x') }}",
     "None 0d d None"},
    {"{% set x %}a{% set y = 1 %}b{% endset %}{{ x }}{{ y is defined }}", "abFalse"},
    {"{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12"},
    {"{{ 1,2 }} {{ () }} {{ (1) }} {{ [1,] }}", "(1, 2) () 1 [1]"},
    {"{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a b c'.split(' ',1) }} {{ "
     "'-'.join(['a','b']) }}",
     "['a', 'b', '', 'c'] ['a', 'b'] ['a', 'b c'] a-b"},
    {"{{ loop is defined }}{{ 3 is divisibleby 3 }}{{ 'a' is in ['a'] }} {{ 1 is number and 'x' is "
     "string }} {{ true is number }} {{ {} is mapping }}{{ 'x' is iterable }} {{ 'x' is sequence "
     "}} {{ {} is sequence }} {{ 1 is true }} {{ true is true }} {{ 1 is integer }} {{ true is "
     "integer }} {{ true is boolean}} {{ 1.0 is float}}",
     "FalseTrueTrue True True TrueTrue True True False True True False True True"},
    {"{% macro m(a, b=1) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1,2,3,c=1) }}",
     "(3,){'c': 1}"},
    {"{{ [1,[2,'x']]|join(',') }} {{ [1,2]|sum }} {{ [1.5,2]|sum }} {{ []|first is defined}} {{ "
     "5|string ~ 'x' }} {{ 'abc'|list }} {{ {'a':1}|list }}",
     "1,[2, 'x'] 3 3.5 False 5x ['a', 'b', 'c'] ['a']"},
    {"{{ a.b.c if a is defined else 'n' }}", "n"},
    {"{{ d['x'] }}{{ d.x }}{{ d.get('q', 5) }} {{ d.pop('x') }}", "115 1"},
    {"{{ 'x' in 'xyz' }} {{ 'x' in d }} {{ 'z' not in d }}", "True True True"},
    {"{% do [1].append(2) %}x", "x"},
    {"{{ (1 if true else 2) + 3 }}", "4"},
    {"{{ 'a' if none else 'b' if 0 else 'c' }}", "c"},
    {"{{ 1 if 1 else 2 ~ 'x' | upper }}", "1"},
    {"{{ -1 | abs }} {{ - 1 }} {{ +1 }} {{ not true or true }} {{ 1 or 2 }} {{ 0 or '' }} {{ 1 and "
     "2 }}",
     "1 -1 1 True 1  2"},
    {"  {%- set x = 1 -%}  \n a {{- x -}} \n b {#- c -#} \n c  {%+ if true +%} \n d{% endif %}",
     "a1bc   \n d"},
    {"{{ 1 is not none }} {{ none is none }} {{ not none is none }} {{ 'x' is eq 'x' }} {{ 3 is gt "
     "2}} {{ 5 is not odd }}",
     "True True False True True False"},
    {"{{ [1,2,3] | first }} {{ 'abc' | last }} {{ {'a':1} | items | list }} {{ 'a' | "
     "replace('a','b') }} {{ ' x ' | trim }} {{ 'xax' | trim('x') }} {{ 'aaa' | replace('a','b',2) "
     "}}",
     "1 c [('a', 1)] b x a bba"},
    {"{{ [{'n':'b'},{'n':'a'}] | sort(attribute='n') | map(attribute='n') | join('-') }} {{ "
     "[{'n':'b'}] | join(',', attribute='n') }} {{ [1,2,3]|sum(start=10) }} {{ [{'a':2}]|sum('a') "
     "}} {{ [1,5,3]|min }}",
     "a-b b 16 2 1"},
    {"{{ 'a\\nb'|indent(2) }} {{ 'a\\nb'|indent(2, true) }} {{ 'foo %s %d'|format('a', 3) }}",
     "a\n  b   a\n  b foo a 3"},
    {"{{ [] and 1 }} {{ true and false }} {{ 'q' * 0 }}|", "[] False |"},
    {"{{ 1 == 1 == 1 }} {{ 3 > 2 != 1 }}", "True True"},
    {"{{ {'a': 1}.a }} {{ {'items': 1}.items() | list }} {{ {'items': 1}['items'] }} {{ {1: "
     "'x'}[1] }}",
     "1 [('items', 1)] 1 x"},
    {"{{ 'x'.upper() ~ 'Y'.lower() ~ ' z '.strip() ~ 'abc'.replace('b','') ~ 'abc'.startswith('a') "
     "~ 'abc'.endswith(('c','d')) ~ 'aXb'.title() ~ 'a'.capitalize() }} {{ 'abc'.find('c') }} {{ "
     "'aba'.count('a') }} {{ '1'.isdigit() }} {{ '5'.zfill(3) }} {{ 'a\\nb'.splitlines() }}",
     "XyzacTrueTrueAxbA 2 2 True 005 ['a', 'b']"},
    {"{% set l = [1,2,3] %}{{ l.insert(0, 9) }} {{ l.pop() }} {{ l.index(2) }} {{ l.count(1) }} {{ "
     "l.extend([4]) }} {{ l }} {{ l.remove(9) }} {{ l.reverse() }} {{ l.copy() }} {{ l.sort() }} "
     "{{ l }}",
     "None 3 2 1 None [9, 1, 2, 4] None None [4, 2, 1] None [1, 2, 4]"},
    {"{% set d2 = {'a':1} %}{{ d2.update({'b':2}) }} {{ d2.update(c=3) }} {{ d2 }} {{ "
     "d2.setdefault('z', 1) }} {{ d2.copy() }}",
     "None None {'a': 1, 'b': 2, 'c': 3} 1 {'a': 1, 'b': 2, 'c': 3, 'z': 1}"},
    {"{{ 2**3**2 }}", "64"},
    {"{{ -2**2 }}", "4"},
    {"{{ 2**-1 }}", "0.5"},
    {"{{ 1 ~ 2 }}", "12"},
    {"{{ 1 ~ 2 * 3 }}", "16"},
    {"{{ 7 // -2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }}",
     "-4 -4 2 -2 3.0 0.5"},
    {"{{ 1e16 }} {{ 1e15 }} {{ 0.0001 }} {{ 0.00001 }} {{ 1/3 }} {{ 4/2 }} {{ 1.5e300*1e10 }} {{ "
     "123456789012345680.0 }} {{ 1e22 }} {{ 1e23 }} {{ 5e-324 }} {{ -0.0 }} {{ 1e100 }}",
     "1e+16 1000000000000000.0 0.0001 1e-05 0.3333333333333333 2.0 inf 1.2345678901234568e+17 "
     "1e+22 1e+23 5e-324 -0.0 1e+100"},
    {"{{ true + 1 }} {{ true }} {{ True and none }}", "2 True None"},
    {"{{ 'it\\'s' }}", "it's"},
    {"{{ ['\\t\\x00\\x7f', 'é', '\\\\'] }}", "['\\t\\x00\\x7f', 'é', '\\\\']"},
    {"{{ [1,2,3][5] is defined }}", "False"},
    {"{{ [1,2,3][-1] }}", "3"},
    {"{{ 'héllo'[1] }} {{ 'héllo'|length }} {{ 'abc'[::2] }} {{ [1,2,3,4][::-2] }} {{ [1,2,3][-2:] "
     "}} {{ [1,2,3][:-1] }} {{ [1,2][10:] }} {{ [1,2][5::-1] }}",
     "é 5 ac [4, 2] [2, 3] [1, 2] [] [2, 1]"},
    {"{% for x in [1,2,3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "13"},
    {"{% for x in [1,2,3] %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% endfor %}", "1"},
    {"{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123"},
    {"{% for x in d %}{{ x }}{% endfor %}", "xy"},
    {"{% for c in 'abc' %}{{ c }}-{% endfor %}", "a-b-c-"},
    {"{% set ns = namespace(n=0) %}{% for i in [1,2,3] %}{% set ns.n = ns.n + i %}{% endfor %}{{ "
     "ns.n }}",
     "6"},
    {"{% set ns = namespace() %}{% set ns.x = 3 %}{{ ns.x }}", "3"},
    {"{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
     "321"},
    {"{% macro f(a, b=a) %}{{ b }}{% endmacro %}{{ f(4) }}", "4"},
    {"{% macro f(a) %}{{ a }}{% endmacro %}{% macro g(b) %}[{{ f(b) }}]{% endmacro %}{{ g(1) }} {{ "
     "g(b=2) }}",
     "[1] [2]"},
    {"{% set x %}a{% endset %}{{ x }}", "a"},
    {"{% set x | upper %}a{% endset %}{{ x }}", "A"},
    {"{% set x | replace('a','b') | upper %}a{% endset %}{{ x }}", "B"},
    {"{{ 'a' is string }} {{ none is none }} {{ 1 is odd }} {{ 2 is even }}",
     "True True True True"},
    {"{{ 1 is defined and 2 }}", "2"},
    {"{{ 5 is divisibleby 5 }}", "True"},
    {"{{ 'A' is upper }} {{ 'a' is lower }} {{ range is callable }}", "True True True"},
    {"{% macro w(n) %}<{{ n }}:{{ caller() }}>{% endmacro %}{% set y = 5 %}"
     "{% call w('a') %}in {{ y }}{% endcall %}",
     "<a:in 5>"},
    {"{% macro each(xs) %}{% for x in xs %}{{ caller(x, loop.index) }}{% endfor %}{% endmacro %}"
     "{% call(x, i=0) each(['a', 'b']) %}[{{ x }}{{ i }}]{% endcall %}",
     "[a1][b2]"},
    {"{% filter upper | replace('B', 'x') %}ab{{ 'c' }}{% endfilter %}", "AxC"},
    {"{% for g in [{'k': 'b', 'v': 1}, {'k': 'A', 'v': 2}, {'k': 'b', 'v': 3}] | groupby('k') %}"
     "{{ g.grouper }}={{ g.list | map(attribute='v') | join('+') }};{{ g[0] }};{% endfor %}",
     "A=2;A;b=1+3;b;"},
    {"{% for k, v in [{'k': 1}, {}] | groupby('k', default=0) %}{{ k }}{{ v | length }}{% endfor "
     "%}",
     "0111"},
    {"{{ {'b': 1, 'a': 2} | dictsort }} {{ {'b': 1, 'a': 2} | dictsort(false, 'value') }}",
     "[('a', 2), ('b', 1)] [('b', 1), ('a', 2)]"},
    {"{{ [1, 2, 3] | batch(2) | list }} {{ [1, 2, 3] | batch(2, 0) | list }}",
     "[[1, 2], [3]] [[1, 2], [3, 0]]"},
    {"{{ 'a b  c' | wordcount }} {{ d | attr('x') is defined }} {{ (d | attr('keys'))() }}",
     "3 False ['x', 'y']"},
    {"{% set c = cycler('a', 'b') %}{{ c.current }}{{ c.next() }}{{ c.next() }}{{ c.next() }}"
     "{% set j = joiner('-') %}{% for i in [1, 2] %}{{ j() }}{{ i }}{% endfor %}",
     "aaba1-2"},
    {"{{ x is undefined }}", "True"},
    {"{{ not x is defined }}", "True"},
    {"{{ x is not defined }}", "True"},
    {"{{ (x or 'd') }}", "d"},
    {"{{ x | default(1) + 2 }}", "3"},
    {"{{ d.x + d['y'] }}", "3"},
    {"{{ d.get('zz') }} {{ d.get('zz', 0) }}", "None 0"},
    {"{{ d.items() | list }}", "[('x', 1), ('y', 2)]"},
    {"{% for k, v in d.items() %}{{ loop.index }}{{ k }}{{ v }}{% endfor %}", "1x12y2"},
    {"{{ 1 if true else 2 if false else 3 }}", "1"},
    {"{{ (1, 2) + (3,) }}", "(1, 2, 3)"},
    {"{{ [1] + [2] * 2 }}", "[1, 2, 2]"},
    {"{{ 'a' 'b' ~ 'c' }}", "abc"},
    {"{{ 3 in [1,2,3] and 4 not in (1,2) }}", "True"},
    {"{{ 1 < 2 == true }}", "False"},
    {"{{ 1 == 1.0 }} {{ 'a' == 'a' }} {{ [] == [] }} {{ {'a':1} == {'a':1.0} }}",
     "True True True True"},
    {"{{ [3,1,2] | sort(reverse=true) }} {{ [3,1,2] | sort(true) | first }} {{ ['b','a'] | sort | "
     "join }} {{ [1,2,3] | join(', ') }}",
     "[3, 2, 1] 3 ab 1, 2, 3"},
    {"{{ [[2,1],[1,2]] | sort }}", "[[1, 2], [2, 1]]"},
    {"{{ [1,1,2] | unique | list }}", "[1, 2]"},
    {"{{ [{'a':{'b':5}}] | map(attribute='a.b') | list }} {{ [{'z':1}] | map(attribute='a', "
     "default='q') | list }}",
     "[5] ['q']"},
    {"{{ ['a','b'] | map('upper') | join(',') }} {{ ['axa'] | map('replace','a','b') | list }}",
     "A,B ['bxb']"},
    {"{{ [1,2,3,4] | select('greaterthan', 2) | list }} {{ [1,none] | reject('none') | list }} {{ "
     "[{'a':1},{'a':0}] | selectattr('a') | list }} {{ [{'a':1},{'a':0}] | rejectattr('a','eq',1) "
     "| list }} {{ [1,2,3]|select('in',[1,3])|list }}",
     "[3, 4] [1] [{'a': 1}] [{'a': 0}] [1, 3]"},
    {"{{ '12' | int + 1 }} {{ '-5'|int }} {{ ' 7 '|int }} {{ '1_0'|int }} {{ none|int(9) }} {{ "
     "'1e2'|int }} {{ 'ff'|int(base=16) }} {{ '0b11'|int(0,2) }} {{ '0x1f'|int }}",
     "13 -5 7 10 9 100 255 3 0"},
    {"{{ '2.50'|float }} {{ 3|float }} {{ 'inf'|float }} {{ none|float(1.0) }}", "2.5 3.0 inf 1.0"},
    {"{{ 2.675|round(2) }} {{ 1.5|round }} {{ 0.5|round }} {{ 1234.5|round(-2) }} {{ "
     "1.1|round(0,'ceil') }} {{ 1.21|round(1,'ceil') }} {{ 1250|round(-2) }}",
     "2.67 2.0 0.0 1200.0 2.0 1.3 1200"},
    {"{{ 'a\\u00e9<' | tojson }} {{ [1,{'b':2,'a':'x\"y'}] | tojson }} {{ 1.5 | tojson }} {{ "
     "none|tojson }} {{ '\\n\\t'|tojson }} {{ {1:2}|tojson }}",
     "\"a\\u00e9\\u003c\" [1, {\"a\": \"x\\\"y\", \"b\": 2}] 1.5 null \"\\n\\t\" {\"1\": 2}"},
    {"{{ '\\U0001f600' | tojson }}", "\"\\ud83d\\ude00\""},
    {"{{ 'hello' | title }} {{ 'it is-a (test' | title }} {{ 'x' | capitalize }}",
     "Hello It Is-A (Test X"},
    {"{{ 'abc' | trim('c') }} {{ ' a ' | trim | length }}", "ab 1"},
    {"{{ 'a,b'.split(',')[1] }} {{ 'a  b'.split(' ') }} {{ 'a b c'.split(none, 1) }} {{ "
     "''.split(',') }} {{ ''.split() }}",
     "b ['a', '', 'b'] ['a', 'b c'] [''] []"},
    {"{{ ' x '.lstrip() }}|{{ ' x '.rstrip() }}| {{ 'xxaxx'.strip('x') }} {{ 'a.b'.replace('.', "
     "'_') }} {{ 'aaa'.replace('a','b',2) }} {{ 'abc'.replace('', '-') }}",
     "x | x| a a_b bba -a-b-c-"},
    {"{{ '%s' % 'a' }} {{ '%d%%' % 5 }} {{ '%.1f' % 2 }} {{ '%5s|%-5s|' % ('a','b') }} {{ '%x' % "
     "255 }} {{ '%r' % 'a' }} {{ '%(a)s' % {'a': 1} }} {{ '%s' % [1] }} {{ '%03d' % -5 }} {{ '%+d' "
     "% 3 }} {{ '%e' % 12345.678 }} {{ '%g' % 0.00001 }}",
     "a 5% 2.0     a|b    | ff 'a' 1 [1] -05 +3 1.234568e+04 1e-05"},
    {"{{ '{:>5}|{:<5}|{:^5}|'.format('a','b','c') }} {{ '{:05d}'.format(42) }} {{ "
     "'{:,}'.format(1234567) }} {{ '{:.2f}'.format(3.14159) }} {{ '{:,.1f}'.format(12345.678) }} "
     "{{ '{{}}'.format() }} {{ '{!r}'.format('a') }} {{ '{:%}'.format(0.5) }} {{ '{:+}'.format(5) "
     "}} {{ '{:x}'.format(255) }} {{ '{:*^7}'.format('a') }} {{ '{:.3}'.format(2.0) }} {{ "
     "'{:e}'.format(1234.5) }} {{ '{:.2s}'.format('abc') }}",
     "    a|b    |  c  | 00042 1,234,567 3.14 12,345.7 {} 'a' 50.000000% +5 ff ***a*** 2.0 "
     "1.234500e+03 ab"},
    {"{{ '{}'.format(true) }} {{ '{}'.format(none) }} {{ '{}'.format([1,'a']) }} {{ "
     "'{:5}'.format(42) }} {{ '{:<5}'.format(true) }}|",
     "True None [1, 'a']    42 1    |"},
    {"{{ dict([('a',1)]) }} {{ dict({'a':1}, b=2) }} {{ dict(a=1).items() | list }}",
     "{'a': 1} {'a': 1, 'b': 2} [('a', 1)]"},
    {"{{ range(1,10,3) | list }} {{ range(3,0,-1) | list }} {{ range(0) | list }}",
     "[1, 4, 7] [3, 2, 1] []"},
    {"a{%- if true %} b {% endif -%} c", "a b c"},
    {"{% if true -%}\n  x\n{%- endif %}", "x"},
    {"{{- 'a' -}}  b", "ab"},
    {"a\n  {#- c -#}\n  b", "ab"},
    {"{% raw -%}  {{ a }} {%- endraw %}", "{{ a }}"},
    {"{%raw%}{% if %}{%endraw%}", "{% if %}"},
    {"x {%- raw %} y {% endraw -%} z", "x y z"},
    {"{# a {{ b }} #}c", "c"},
    {"a {# x #}\n", "a "},
    {"{{ '}}' }} {{ '%}' }}", "}} %}"},
    {"{% set x = '{{ y }}' %}{{ x }}", "{{ y }}"},
    {"{{ {'a': {'b': 1}}['a']['b'] }}", "1"},
    {"{{ {'a':1}}}", "{'a': 1}"},
    {"{ { } }", "{ { } }"},
    {"{{ \"a\" }}{{ 'b\"c' }}", "ab\"c"},
    {"{{ 'multi\nline' }}", "multi\nline"},
    {"{{\n 1\n+\n2 }}", "3"},
    {"{%\nset\nx\n=\n1\n%}{{x}}", "1"},
    {"a\r\nb", "a\nb"},
    {"\n\na\n\n", "\n\na\n"},
    {"", ""},
    {"\n", ""},
    {"{{ 1 }}\n\n", "1\n"},
    {"{% if false %}a{% elif 1 == 1 %}b{% else %}c{% endif %}", "b"},
    {"{% if nothing %}a{% else %}b{% endif %}", "b"},
    {"{% if not nothing %}a{% endif %}", "a"},
    {"{% for i in [] %}a{% else %}b{% endfor %}", "b"},
    {"{% for i in [1,2] %}{% for j in [1,2] %}{{ loop.index }}{% endfor %}{{ loop.index }}{% "
     "endfor %}",
     "121122"},
    {"{% for i in [1,2,3] %}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.index0 }}{{ "
     "loop.revindex0 }} {% endfor %}",
     "TrueFalse302 FalseFalse311 FalseTrue320 "},
    {"{% for i in [1,2,3] if i > 5 %}x{% else %}none{% endfor %}", "none"},
    {"{% for i in [3,1] | sort %}{{ i }}{% endfor %}", "13"},
    {"{% for i in 1, 2 %}{{ i }}{% endfor %}", "12"},
    {"{% for i in [1,2] if loop is defined %}x{% endfor %}", ""},
    {"{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}", "21"},
    {"{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}", "2"},
    {"{% set x = 1 %}{% macro m() %}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}", "21"},
    {"{% set l = [] %}{% for i in [1,2] %}{% do l.append(i) %}{% endfor %}{{ l }}", "[1, 2]"},
    {"{% set a = [1] %}{% set b = a %}{% do b.append(2) %}{{ a }}", "[1, 2]"},
    {"{% for i in [1,2] %}{% set y = i %}{% endfor %}{{ y is defined }}", "False"},
    {"{{ [1, 2,] }} {{ {'a': 1,} }} {{ (1,) }} {{ [[]] }} {{ [{}] }}",
     "[1, 2] {'a': 1} (1,) [[]] [{}]"},
    {"{{ 0x1f }} {{ 0o17 }} {{ 0b101 }} {{ 1_000 }} {{ 1.5e3 }} {{ 2E2 }}",
     "31 15 5 1000 1500.0 200.0"},
    {"{{ d.x.y is defined }}", "False"},
    {"{{ (d.x) }}", "1"},
    {"{{ d['x'] | string ~ '!' }}", "1!"},
    {"{{ 'a' | upper | lower }}", "a"},
    {"{{ ('a' ~ 'b') | upper }}", "AB"},
    {"{{ 'a' ~ 'b' | upper }}", "aB"},
    {"{{ 1 + 2 | string | length }}", "2"},
    {"{{ -5 | abs }}", "5"},
    {"{{ (-5) | abs }}", "5"},
    {"{{ 5 - 3 - 1 }} {{ 2 * 3 + 4 }} {{ 2 + 3 * 4 }} {{ (2 + 3) * 4 }} {{ 10 / 4 }} {{ 10 // 4 }} "
     "{{ 2 ** 10 }}",
     "1 10 14 20 2.5 2 1024"},
    {"{{ not false and false }}", "False"},
    {"{{ true or false and false }}", "True"},
    {"{{ 1 in [1] == true }}", "False"},
    {"{{ 'a' in 'abc' }} {{ 'x' not in d }}", "True False"},
    {"{{ none.x is defined }}", "False"},
    {"{{ [] is iterable }} {{ 1 is iterable }} {{ none is iterable }}", "True False False"},
    {"{{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ [1,2] < [1,3] }} {{ (1,2) >= (1,2) }}",
     "True True True True"},
    {"{{ 9223372036854775807 }}", "9223372036854775807"},
    {"{{ true == 1 }} {{ true is true }} {{ 1 is true }} {{ [true] }} {{ 'true' }}",
     "True True False [True] true"},
    {"{{ d | length }} {{ [1,2] | length }} {{ 'ab' | count }}", "2 2 2"},
    {"{{ [] | first is undefined }}", "True"},
    {"{{ [1,2] | last }} {{ 'abc' | first }}", "2 a"},
    {"{{ [1,3,2] | max }} {{ [{'v':1},{'v':3}] | max(attribute='v') }} {{ [] | max is defined }}",
     "3 {'v': 3} False"},
    {"{{ d | items | list }} {{ d | list }}", "[('x', 1), ('y', 2)] ['x', 'y']"},
    {"{{ 'x' | default('y') }} {{ nothing | d('y') }} {{ '' | d('y', true) }} {{ nothing | default "
     "}}|",
     "x y y |"},
    {"{{ 'a' if nothing is defined }}|", "|"},
    {"{{ [1,2,3] | reverse | join }} {{ 'abc' | reverse }}", "321 cba"},
    {"{{ 'a\nb\n' | indent(2) }}|{{ 'a\n\nb' | indent(2, blank=true) }}|{{ 'a\nb' | indent('> ', "
     "true) }}",
     "a\n  b\n|a\n  \n  b|> a\n> b"},
    {"{{ \"%s, %s\" | format('a', 'b') }}", "a, b"},
    {"{{ 'a'.upper().lower().title() }}", "A"},
    {"{{ 'abc'.startswith(('x','a')) }} {{ 'abc'.endswith('c') }}", "True True"},
    {"{{ ', '.join(['a', 'b'] + ['c']) }}", "a, b, c"},
    {"{{ [1,2,3].pop(0) }} {{ d.pop('zz', 1) }}", "1 1"},
    {"{{ d.keys() | list }} {{ d.values() | list | sum }}", "['x', 'y'] 3"},
    {"{% set dd = d.copy() %}{% do dd.update({'z': 3}) %}{{ dd }}{{ d }}",
     "{'x': 1, 'y': 2, 'z': 3}{'x': 1, 'y': 2}"},
    {"{{ ''.join(['a','b']) }} {{ 'abc'[1:] }} {{ 'abc'[:-1] ~ 'd' }}", "ab bc abd"},
    {"{{ 5 if 3 > 2 and 2 > 1 else 6 }}", "5"},
    {"{{ {'a': 1}['b'] is defined }}", "False"},
    {"{{ {'a': [1, {'b': 2}]}.a[1].b }}", "2"},
    {"{{ d.x if 'x' in d else 0 }}", "1"},
    {"{{ 'a' == 'a' and 'b' != 'c' }}", "True"},
    {"{% macro m(a) %}{{ caller is defined }}{{ a }}{% endmacro %}{{ m('x') }}", "Falsex"},
    {"{{ m() if m is defined else 'n' }}", "n"},
    {"{{ 1 }}{{ 2 }} {{3}}", "12 3"},
    {"{%if true%}a{%endif%}", "a"},
    {"{% if true %}\n  a\n{% else %}\n  b\n{% endif %}\nc", "\n  a\n\nc"},
    {"{{ 'a' \n 'b' }}", "ab"},
    {"{{ [1,2,3] is sequence }} {{ 1.5 is number }} {{ 'a' is number }} {{ {} is mapping }}",
     "True True False True"},
    {"{{ 3.0 }} {{ 3.10 }} {{ 1e-7 }} {{ 100000000000000000000.0 }}", "3.0 3.1 1e-07 1e+20"},
    {"{{ 10 % 3 }} {{ 10.5 % 3 }} {{ -1 % 5 }} {{ 1 - -1 }} {{ +-1 }} {{ 2*-1 }}",
     "1 1.5 4 2 -1 -2"},
    {"{{ '\\d+' }} {{ 'a\\\\b' }} {{ '\\u00e9' }} {{ '\\101' }}", "\\d+ a\\b é A"},
    {"{{ ['a' , 'b'] | join(\"', '\") }}", "a', 'b"},
    {"{% macro f(a,b) %}{{ a }}{{ b }}{% endmacro %}{{ f(*[1,2]) }}{{ f(**{'a':3,'b':4}) }}{{ f(1, "
     "*[2]) }}",
     "123412"},
    {"{{ d.update(x=5) }}{{ d.x }}", "None5"},
};

TEST(Template, RendersAsJinjaDoes) {
  for (const Case& one : kCases) {
    Dict d;
    d.set("x", 1);
    d.set("y", 2);
    Scope scope;
    scope.set("d", d);
    try {
      const Template parsed = Template::parse(std::string(one.text), "case");
      EXPECT_EQ(parsed.render(scope).text(), one.expected) << one.text;
    } catch (const Error& error) {
      ADD_FAILURE() << one.text << "\n" << error.message();
    }
  }
}

// Jinja refuses these as well.
TEST(Template, RefusesWhatJinjaRefuses) {
  for (const std::string_view text : {"{{ 1 + 'a' }}",
                                      "{{ 'a' < 1 }}",
                                      "{{ 5 // 0 }}",
                                      "{{ 1 / 0 }}",
                                      "{{ 5 % 0 }}",
                                      "{{ not_there() }}",
                                      "{{ x.y }}",
                                      "{{ x.y is defined }}",
                                      "{{ none + 1 }}",
                                      "{% for x in 5 %}{% endfor %}",
                                      "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
                                      "{% set q = {} %}{% set q.x = 1 %}",
                                      "{{ [1, 'a'] | sort }}",
                                      "{{ '%d' % 'a' }}",
                                      "{{ '%s %s' % ('a',) }}",
                                      "{{ '%s' % (1, 2) }}",
                                      "{{ '{} {1}'.format(1, 2) }}",
                                      "{{ 1 in 'abc' }}",
                                      "{{ ','.join([1]) }}",
                                      "{{ 1 is is defined }}",
                                      "{{ .5 }}",
                                      "{% macro m(*a) %}{% endmacro %}",
                                      "{{ ['a'] | sum }}",
                                      "{% macro f(a, b) %}{% endmacro %}{{ f(1, a=2) }}",
                                      "{{ 1 +}}",
                                      "{{ a b }}",
                                      "{% if %}",
                                      "{% for x.y in [1] %}{% endfor %}",
                                      "{% set true = 1 %}",
                                      "{{ {}[[]] }}"}) {
    const Scope scope;
    EXPECT_THROW(Template::parse(std::string(text), "case").render(scope), TemplateError) << text;
  }
}

}  // namespace
}  // namespace gsa::jinja
