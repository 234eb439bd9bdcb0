#pragma once

// Owns a C object and destroys it by a C function such as duckdb_destroy_result(&result).

#include <utility>

namespace gsa::duck {

template <typename T, auto kDestroy>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T object) : object_(object) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, T{})) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = std::exchange(other.object_, T{});
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  T get() const { return object_; }
  T* out() {  // for C functions that fill in the object
    reset();
    return &object_;
  }
  void reset() {
    kDestroy(&object_);
    object_ = T{};
  }

 private:
  T object_{};
};

}  // namespace gsa::duck
