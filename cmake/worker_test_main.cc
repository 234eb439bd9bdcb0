// The main of tests whose program is also started as a worker.

#include <gtest/gtest.h>

#include "sandbox/worker.h"

int main(int argc, char** argv) {
  if (const auto exit_code = gsa::sandbox::worker_main(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
