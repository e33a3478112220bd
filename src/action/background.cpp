// Starts jobs.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/background.hpp"

#include "action/finish.hpp"
#include "base/text.hpp"
#include "client/job_keeper.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

namespace ctys::action {
namespace {

constexpr std::size_t kMostShown = 4096;

std::string time_text(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::string time_taken(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  const auto two_digits = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  if (seconds < kMinute) return std::to_string(seconds) + "s";
  if (seconds < kHour) return std::to_string(seconds / kMinute) + "m" + two_digits(seconds % kMinute) + "s";
  return std::to_string(seconds / kHour) + "h" + two_digits(seconds % kHour / kMinute) + "m";
}

std::string shown_command(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words) {
    if (word == "--background") continue;
    if (!text.empty()) text += ' ';
    text += text::printable(text::shell_quoted(word));
    if (text.size() > kMostShown) {
      text.resize(text::cut_right(text, kMostShown).size());
      return text + "...";
    }
  }
  return text;
}

model::Record row_of(const client::Job& job) {
  model::Record row;
  row.set(Field::job_id, std::to_string(job.id)).set(Field::state, std::string(client::word_of(job.state)));
  row.set(Field::host, job.host).set(Field::detail, job.command).set(Field::seen, time_text(job.started));
  if (job.state == client::JobState::done || job.state == client::JobState::failed)
    row.set(Field::value, std::to_string(job.status));
  const bool runs = job.state == client::JobState::running;
  if (runs) row.set(Field::pid, std::to_string(job.keeper.pid));
  const auto end = runs ? static_cast<std::int64_t>(std::time(nullptr)) : job.ended;
  if (end != 0) row.set(Field::age, time_taken(std::max<std::int64_t>(0, end - job.started)));
  return row;
}

Exit in_background(const model::Request& request, std::string command, std::function<int()> run) {
  client::Work work;
  work.command = std::move(command);
  work.run = std::move(run);
  work.announce = [&](unsigned id) {
    if (request.output.format != model::Format::json) return print(std::to_string(id) + "\n");
    const auto store = client::JobStore::open(false);
    const auto job = store ? store->find(id) : tl::unexpected<Error>(store.error());
    if (!job) return false;
    model::Request own;
    own.output.format = model::Format::json;
    return finish(model::Layout::jobs, {{row_of(*job)}, {}}, own) == Exit::ok;
  };
  const auto id = client::start_job(work);
  return id ? Exit::ok : finish(id.error(), request);
}

}  // namespace ctys::action
