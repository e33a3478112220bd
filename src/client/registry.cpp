// What ctys started beside machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/registry.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "wire/message.hpp"

#include <unistd.h>

#include <csignal>

namespace ctys::client {
namespace fs = std::filesystem;
namespace {

Result<fs::path> folder() {
  return TRY(paths::runtime_dir()) / "clients";
}

std::string file_name(const ProcessId& process) {
  return std::to_string(process.pid) + "-" + std::to_string(process.start);
}

std::optional<ProcessId> process_of(std::string_view name) {
  const auto parts = text::split(name, '-');
  if (parts.size() != 2) return std::nullopt;
  const auto pid = text::number(parts[0]);
  const auto start = text::number(parts[1]);
  if (!pid || !start || *pid == 0 || *pid > INT32_MAX) return std::nullopt;
  return ProcessId{static_cast<pid_t>(*pid), *start};
}

}  // namespace

Result<std::vector<Client>> clients() {
  std::vector<Client> found;
  std::error_code error;
  if (!fs::exists(paths::runtime_place(), error)) return found;  // nobody ever entered anything
  for (const auto& entry : fs::directory_iterator(TRY(folder()), error)) {
    const auto process = process_of(entry.path().filename().string());
    if (!process) continue;  // a file that is just being written
    if (!is_alive(*process)) {
      fs::remove(entry.path(), error);
      continue;
    }
    const auto line = read_file(entry.path(), wire::kMaxLine);
    if (!line) continue;  // it left meanwhile
    const auto message = wire::decode(text::trim(*line));
    if (!message || !std::holds_alternative<model::Record>(*message)) continue;
    found.push_back({*process, std::get<model::Record>(*message)});
    found.back().record.set(Field::pid, std::to_string(process->pid));
  }
  return found;
}

Result<void> enter(const ProcessId& process, const model::Record& machine, std::string_view program) {
  auto record = machine;
  record.set(Field::cs_type, "C")
      .set(Field::exe_path, std::string(program))
      .set(Field::pid, std::to_string(process.pid))
      .set(Field::user, paths::user_name(::getuid()))
      .set(Field::group, paths::group_name(::getgid()));
  for (const auto unwanted : {Field::result, Field::detail, Field::server_port}) record.set(unwanted, {});
  return replace_file(TRY(folder()) / file_name(process), wire::encode(record));
}

void leave(const ProcessId& process) {
  if (const auto place = folder()) {
    std::error_code ignored;  // it may be gone already
    fs::remove(*place / file_name(process), ignored);
  }
}

bool belongs(const model::Record& client, const model::Record& machine) {
  for (const auto field : {Field::host, Field::type, Field::context})
    if (client.get(field) != machine.get(field)) return false;
  const auto identity = machine.get(Field::uuid).empty() ? Field::id : Field::uuid;
  return !machine.get(identity).empty() && client.get(identity) == machine.get(identity);
}

bool end(const Client& client) {
  constexpr int kPatience = 5000;  // milliseconds
  send_signal(client.process, SIGTERM);
  if (!wait_gone(client.process, kPatience)) send_signal(client.process, SIGKILL);
  const bool gone = wait_gone(client.process, kPatience);
  if (gone) leave(client.process);
  return gone;
}

Result<unsigned> close_all(const model::Record& machine) {
  unsigned closed = 0;
  for (const auto& client : TRY(clients())) {
    if (!belongs(client.record, machine)) continue;
    if (!end(client))
      return fail(Exit::failed, "cannot close a window on " + machine.get(Field::label),
                  "process " + std::to_string(client.process.pid) + " does not end");
    ++closed;
  }
  return closed;
}

}  // namespace ctys::client
