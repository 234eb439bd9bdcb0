#pragma once

// Two tests can have one name, as dbt makes it: not_null of the column extension_id of `base`, and
// of the column id of `base_extension`. What tells them apart is a sum of all that they say.

#include <string>

#include "dbt/node.h"

namespace gsa::dbt {

// The ten digits that end the test's unique id in dbt: test.PROJECT.NAME.c1cebc1440. They follow
// from the name, the test, its arguments and what it is a test of.
std::string generic_test_hash(const std::string& name, const TestSpec& test, const Node& tested);

}  // namespace gsa::dbt
