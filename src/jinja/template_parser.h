#pragma once

// Builds the tree of a template. Grammar and precedence are those of Jinja2. Blocks:
//   {% set T = E %}   {% set NAME | filters %} … {% endset %}   {% do E %}
//   {% if E %} … {% elif E %} … {% else %} … {% endif %}
//   {% for T in E [if E] %} … {% else %} … {% endfor %}   {% break %}   {% continue %}
//   {% macro NAME(A, B=E) %} … {% endmacro %}   {% test NAME(A, B=E) %} … {% endtest %}
//   {% call[(A, B=E)] NAME(…) %} … {% endcall %}   {% filter F | G %} … {% endfilter %}

#include <memory>

#include "jinja/template_ast.h"

namespace gsa::jinja {

// Throws TemplateError.
std::shared_ptr<const TemplateNode> parse_template(TemplateSourcePtr source);

}  // namespace gsa::jinja
