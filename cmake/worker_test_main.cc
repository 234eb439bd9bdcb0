// main() for test programs that a Pool may start as workers.

#include <gtest/gtest.h>

#include "sandbox/worker.h"

int main(int argc, char** argv) {
  if (const auto exit_code = gsa::sandbox::worker_main(argc, argv)) return *exit_code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
