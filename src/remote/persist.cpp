// Connections that calls leave for those after them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/persist.hpp"

#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "plugin/find.hpp"
#include "remote/bundle.hpp"
#include "remote/counter.hpp"
#include "remote/demand.hpp"

#include <poll.h>
#include <system_error>

#include <algorithm>
#include <utility>

namespace ctys::remote {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Targets = std::vector<const model::Target*>;

// Takes what this one has of them, and takes those from the list.
std::optional<Kept> borrow_at(const std::filesystem::path& counter, Targets& wanted, const std::string& way,
                              milliseconds time) {
  auto lease = connect_to(counter, time);
  Demand demand{Wish::borrow, way};
  for (const auto* target : wanted) demand.hosts.push_back(model::text_of(*target));
  if (!lease || !send_packet(lease, encode(demand))) return std::nullopt;
  Kept kept{{}, way, {}};
  Targets left = wanted;
  for (;;) {
    auto [text, descriptor] = receive_packet(lease);
    if (text.empty() || text.back() != '\n') return std::nullopt;
    text.pop_back();
    const auto message = wire::decode(text);
    if (message && std::holds_alternative<wire::End>(*message)) {
      if (!descriptor || kept.hosts.empty()) return std::nullopt;
      kept.carrier.control = std::move(descriptor);
      kept.carrier.lease = std::move(lease);
      wanted = std::move(left);
      return kept;
    }
    const auto* record = message ? std::get_if<model::Record>(&*message) : nullptr;
    const auto number = record == nullptr ? std::nullopt : text::number(record->get(Field::serial));
    if (!number || !descriptor) return std::nullopt;
    const auto at = std::find_if(left.begin(), left.end(), [&](const auto* target) {
      return model::text_of(*target) == record->get(Field::host);
    });
    if (at == left.end()) return std::nullopt;
    kept.hosts.push_back({**at, static_cast<std::size_t>(*number), std::move(descriptor)});
    left.erase(at);
  }
}

}  // namespace

std::string kept_as(const Way& way) {
  const auto config = paths::environment("CTYS_SSH_CONFIG");
  const auto transport = plugin::find_transport("ssh");
  std::error_code error;
  auto text = bundle_id().value_or("") + "\n" + (transport ? transport->path.string() : "") + "\n" +
              (config ? std::filesystem::absolute(*config, error).string() : "") + "\n" +
              (way.may_copy ? "copy" : "no copy") + "\n";
  for (const auto& hop : way.via) text.append(model::text_of(hop)).append(" ");
  return text.append("\n").append(way.command);
}

std::vector<Kept> borrow(std::span<const model::Target* const> targets, const std::string& way,
                         milliseconds time) {
  const auto end = Clock::now() + std::min(time, kAnswerTime);
  std::vector<Kept> all;
  Targets wanted(targets.begin(), targets.end());
  const auto found = counters(way);
  for (const auto& counter : found.value_or(std::vector<std::filesystem::path>())) {
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    if (wanted.empty() || left.count() <= 0) break;
    if (auto kept = borrow_at(counter, wanted, way, left))
      all.push_back(*std::move(kept));
    else if (Clock::now() >= end)
      log::write(log::Severity::warning, "remote",
                 "the process that keeps connections at " + counter.string() +
                     " does not answer; others are opened. Remove that file to end it");
  }
  return all;
}

void give_back(Carrier carrier, std::vector<std::size_t> numbers, milliseconds time) {
  // Where it is not taken, its keeper has gone, and everything ends with these descriptors.
  Demand demand{Wish::give_back};
  demand.numbers = std::move(numbers);
  demand.time = time;
  (void)send_packet(carrier.lease, encode(demand));
}

namespace {

// What it answers to `wish`; nullopt: it does not. The socket stays open.
std::optional<std::vector<model::Record>> ask(const Fd& socket, Wish wish) {
  std::vector<model::Record> records;
  if (!send_packet(socket, encode(Demand{wish}))) return std::nullopt;
  for (;;) {
    auto text = receive_packet(socket).text;
    if (text.empty() || text.back() != '\n') return std::nullopt;
    text.pop_back();
    auto message = wire::decode(text);
    if (message && std::holds_alternative<wire::End>(*message)) return records;
    auto* record = message ? std::get_if<model::Record>(&*message) : nullptr;
    if (record == nullptr) return std::nullopt;
    records.push_back(std::move(*record));
  }
}

plugin::Failure silent(const std::filesystem::path& counter) {
  return {{Exit::failed, "a process that keeps connections does not answer",
           "it listens at " + counter.string(), "end it by removing that file"},
          paths::host_name(),
          {}};
}

// Asks it for its end and waits until it is gone; `used`: that is when the call is over that uses it.
bool has_ended(const std::filesystem::path& counter, bool used) {
  const auto socket = connect_to(counter);
  if (!socket) return true;
  if (!ask(socket, Wish::end)) return false;
  constexpr int kPatience = 5'000;  // milliseconds
  pollfd gone{socket.get(), POLLIN | POLLRDHUP, 0};
  return used || ::poll(&gone, 1, kPatience) > 0;
}

}  // namespace

Result<plugin::Outcome> list_kept(bool end) {
  plugin::Outcome all;
  if (end) TRY_VOID(mark_end());
  for (const auto& counter : TRY(counters({}))) {
    const auto socket = connect_to(counter);
    if (!socket) continue;  // it has ended meanwhile
    auto records = ask(socket, Wish::list);
    const bool used = records && std::any_of(records->begin(), records->end(), [](const auto& record) {
                        return record.get(Field::state) == "used";
                      });
    if (!records || (end && !has_ended(counter, used))) {
      all.failures.push_back(silent(counter));
      continue;
    }
    for (auto& record : *records) {
      if (end && record.get(Field::state) != "used") record.set(Field::state, "ended").set(Field::value, "");
      all.records.push_back(std::move(record));
    }
  }
  std::stable_sort(all.records.begin(), all.records.end(), [](const auto& one, const auto& other) {
    return one.get(Field::host) < other.get(Field::host);
  });
  return all;
}

}  // namespace ctys::remote
