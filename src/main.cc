#include "app/app.h"
#include "sandbox/worker.h"

int main(int argc, char** argv) {
  if (const auto exit_code = gsa::sandbox::worker_main(argc, argv)) return *exit_code;
  return gsa::app::main(argc, argv);
}
