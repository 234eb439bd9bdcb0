#include "sandbox/large_stack.h"

#include <utility>

#include "base/error.h"

namespace gsa::sandbox {
namespace {

void* call(void* work) {
  (*static_cast<std::function<void()>*>(work))();
  return nullptr;
}

}  // namespace

LargeStackThread::LargeStackThread(std::size_t stack_bytes, std::function<void()> work)
    : work_(std::move(work)) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  const bool made = pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
                    pthread_create(&thread_, &attributes, call, &work_) == 0;
  pthread_attr_destroy(&attributes);
  if (!made) throw Error("the system allows no more threads");
}

LargeStackThread::~LargeStackThread() { pthread_join(thread_, nullptr); }

}  // namespace gsa::sandbox
