#pragma once

// Templates and their values, under the names that this module uses for them.

#include "jinja/template.h"
#include "jinja/value.h"

namespace gsa::dbt {

using jinja::CallArguments;
using jinja::Dict;
using jinja::Function;
using jinja::List;
using jinja::Object;
using jinja::ObjectType;
using jinja::Origin;
using jinja::Place;
using jinja::Rendered;
using jinja::Scope;
using jinja::Template;
using jinja::TemplateError;
using jinja::Text;
using jinja::Undefined;
using jinja::UndefinedError;
using jinja::UndefinedNames;
using jinja::Value;

}  // namespace gsa::dbt
