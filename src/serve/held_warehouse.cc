#include "serve/held_warehouse.h"

#include <fmt/format.h>

namespace gsa::serve {

HeldWarehouse::HeldWarehouse(duck::Database database, std::string path, const TextOutput& err)
    : database_(std::move(database)),
      path_(std::move(path)),
      snapshots_([this] { return open(assets::Access::read, ""); }, path_,
                 [err](const std::exception& error) {
                   fmt::print(err.file(), "{} {}\n", err.paint(Ink::yellow, "note:"), error.what());
                 }) {}

duck::Database HeldWarehouse::open(assets::Access access, const std::string& who) {
  const std::lock_guard lock(mutex_);
  if (access == assets::Access::read) return database_.guarding(users_);
  if (const auto writer = writer_.lock()) throw assets::WarehouseInUse(path_, *writer, access);
  const auto token = std::make_shared<std::string>(who);
  duck::Database database = database_.guarding(token).guarding(users_);
  duck::Connection connection = database.connect();
  assets::tidy_up(connection);
  writer_ = token;
  return database;
}

void HeldWarehouse::replace_file(const std::function<void()>& swap) {
  snapshots_.renew_after([&] { database_.replace_file(swap, let_go_); });
}

bool HeldWarehouse::while_unused(const std::function<bool()>& act) {
  const std::lock_guard lock(mutex_);
  return users_.use_count() == 1 && act();
}

}  // namespace gsa::serve
