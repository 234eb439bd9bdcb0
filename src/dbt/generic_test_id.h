#pragma once

// dbt may give two tests the same name: not_null on the column extension_id of `base`, and on the
// column id of `base_extension`. A hash of their contents tells them apart.

#include <string>

#include "dbt/node.h"

namespace gsa::dbt {

// The ten digits at the end of the test's unique id in dbt: test.PROJECT.NAME.c1cebc1440. They
// depend on the name, the test, its arguments and the tested node.
std::string generic_test_hash(const std::string& name, const TestSpec& test, const Node& tested);

}  // namespace gsa::dbt
