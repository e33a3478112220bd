// The steps of a check.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/steps.hpp"

#include "base/text.hpp"
#include "model/remedy.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace ctys::action {
using model::Record;
namespace {

// Of the way to a host: CTYS_REACHED_NAME to CTYS_REACHED_COMMAND.
constexpr std::array<std::string_view, 5> kWay{"name", "port", "host-key", "login", "ctys"};
constexpr const char* kGateway = "gateway";
constexpr const char* kLibvirt = "libvirt";
constexpr const char* kAcceleration = "acceleration";

std::string joined(std::string_view one, std::string_view more) {
  std::string text(one);
  if (!text.empty() && !more.empty()) text += ": ";
  return text.append(more);
}

// Messages of other programs have several lines, with line ends of their own; a step has one.
std::string one_line(std::string_view text) {
  std::string line;
  for (const auto part : text::split(text, '\n')) {
    const auto words = text::trim(part);
    if (words.empty()) continue;
    if (!line.empty()) line += "; ";
    line += words;
  }
  return line;
}

Step failed(std::string name, const plugin::Failure& failure, const std::string& host = {}) {
  const auto& error = failure.error;
  auto detail = joined(one_line(error.summary), one_line(error.why));
  if (!error.where.empty()) detail += " (" + error.where + ")";
  const auto verdict = plugin::is_interrupted(failure) ? Verdict::interrupted : Verdict::fail;
  return {std::move(name), verdict, std::move(detail), model::with_host(error.fix, host), error.code};
}

bool is_of_gateway(const plugin::Failure& failure) {
  return failure.no_answer && failure.error.summary.starts_with(kCannotGoThrough);
}

// Why what stands behind this one was not tried.
std::string reason_of(const Step& broken) {
  return broken.verdict == Verdict::interrupted ? std::string(word_of(broken.verdict))
                                                : broken.name + " failed";
}

Step skipped(std::string name, const std::string& reason) {
  return {std::move(name), Verdict::skipped, "not tried: " + reason};
}

// What kept a host from answering to its end.
const plugin::Failure* silence_of(const Seen& seen) {
  if (seen.here) return nullptr;
  const auto at = std::find_if(seen.outcome.failures.begin(), seen.outcome.failures.end(),
                               [](const plugin::Failure& failure) { return failure.no_answer; });
  return at == seen.outcome.failures.end() ? nullptr : &*at;
}

const Record* build_of(const Seen& seen) {
  for (const auto& record : seen.outcome.records)
    if (record.get(Field::topic) == "ctys") return &record;
  return nullptr;
}

Step build_step(const Seen& seen, const Record& own) {
  const auto* build = build_of(seen);
  if (build == nullptr)
    return {"ctys", Verdict::warn, "another version: it does not say which", "leave out --no-copy"};
  Step step{"ctys", Verdict::pass, build->get(Field::version) + " in " + build->get(Field::exe_path)};
  if (build->get(Field::id) != own.get(Field::id)) {
    step.verdict = Verdict::warn;
    step.detail += ", another build than this one (" + own.get(Field::version) + ")";
    step.fix = "leave out --no-copy, and this one is used there";
  }
  if (seen.reached.size() == kWay.size() && !seen.reached.back().empty())
    step.detail += ", " + seen.reached.back();
  return step;
}

// Returns why nothing behind the way was tried; empty: it was gone to its end.
std::string add_way(std::vector<Step>& steps, const Seen& seen, const Record& own) {
  const auto* silence = silence_of(seen);
  const auto behind = seen.greeted ? kWay.size() - 1 : std::min(seen.reached.size(), kWay.size() - 1);
  for (std::size_t at = seen.here ? kWay.size() - 1 : 0; at < kWay.size(); ++at) {
    const std::string name(kWay[at]);
    if (at < behind && !seen.here) {
      steps.push_back({name, Verdict::pass, at < seen.reached.size() ? seen.reached[at] : std::string()});
    } else if (silence == nullptr || (at == behind && build_of(seen) != nullptr)) {
      steps.push_back(build_step(seen, own));
    } else {
      // Behind a gateway that failed, this step was not tried either.
      const bool is_before = is_of_gateway(*silence);
      steps.push_back(failed(is_before ? kGateway : name, *silence, seen.host));
      auto reason = reason_of(steps.back());
      for (const auto left : std::span(kWay).subspan(is_before ? at : at + 1))
        steps.push_back(skipped(std::string(left), reason));
      return reason;
    }
  }
  return {};
}

// A row that a plugin told as a step, or what it says of its state otherwise.
Step step_of(const Record& record) {
  const auto where = joined(record.get(Field::type), record.get(Field::context));
  if (!record.get(Field::topic).empty()) {
    const auto verdict = record.get(Field::result) == "PASS" ? Verdict::pass : Verdict::warn;
    return {record.get(Field::topic), verdict, record.get(Field::detail), record.get(Field::value)};
  }
  if (record.get(Field::state) == "usable")
    return {kLibvirt, Verdict::pass, joined(where, record.get(Field::hyper_rel_run))};
  return {kLibvirt, Verdict::fail, joined(where, record.get(Field::detail)), "", Exit::unreachable};
}

void add_machines(std::vector<Step>& steps, const Seen& seen) {
  std::vector<Step> accelerations;
  const auto before = steps.size();
  for (const auto& record : seen.outcome.records) {
    if (record.get(Field::topic) == "ctys") continue;
    auto step = step_of(record);
    if (step.name == kAcceleration) {
      if (accelerations.empty()) accelerations.push_back(std::move(step));
      continue;
    }
    if (!record.get(Field::topic).empty())
      step.detail = joined(record.get(Field::type) + " " + record.get(Field::context), step.detail);
    step.name = kLibvirt;
    steps.push_back(std::move(step));
  }
  const bool works = steps.size() > before;
  for (const auto& failure : seen.outcome.failures)
    steps.push_back(failed(is_of_gateway(failure) ? kGateway : kLibvirt, failure));
  if (steps.size() == before)
    steps.push_back({kLibvirt, Verdict::fail, "there is no plugin that has anything to ask",
                     "see what there is: ctys plugins", Exit::failed});
  if (!accelerations.empty())
    steps.push_back(std::move(accelerations.front()));
  else if (works)
    steps.push_back({kAcceleration, Verdict::skipped, "there are no machines that run on a processor"});
  else
    steps.push_back(skipped(kAcceleration, reason_of(steps.back())));
}

// `text` in lines of at most `width` columns, those behind the first indented.
void append_lines(std::string& out, std::string_view text, std::size_t indent, std::size_t width) {
  constexpr std::size_t kLeast = 20;
  constexpr std::size_t kMost = 2000;
  const auto plain = text::printable(text.substr(0, kMost));
  std::string_view rest = plain;
  const std::size_t room = width == 0 ? plain.size() : std::max(width > indent ? width - indent : 0, kLeast);
  for (bool first = true; first || !rest.empty(); first = false) {
    auto line = text::cut_right(rest, room);
    if (line.size() < rest.size() && rest[line.size()] != ' ')
      if (const auto blank = line.rfind(' '); blank != std::string_view::npos && blank > 0)
        line = line.substr(0, blank);
    if (line.empty() && !rest.empty()) line = rest;
    if (!first) out.append(indent, ' ');
    out.append(line).append("\n");
    rest = text::trim(rest.substr(line.size()));
  }
}

}  // namespace

std::string_view word_of(Verdict verdict) {
  constexpr std::array<std::string_view, 5> kWords{"PASS", "WARN", "FAIL", "skipped", "interrupted"};
  return kWords.at(static_cast<std::size_t>(verdict));
}

std::vector<Step> steps_of(const Seen& seen, const Record& own) {
  std::vector<Step> steps;
  const auto broken = add_way(steps, seen, own);
  if (broken.empty()) {
    add_machines(steps, seen);
  } else {
    steps.push_back(skipped(kLibvirt, broken));
    steps.push_back(skipped(kAcceleration, broken));
  }
  return steps;
}

Record record_of(const std::string& host, const Step& step) {
  Record record;
  record.set(Field::host, host).set(Field::topic, step.name);
  record.set(Field::result, std::string(word_of(step.verdict)));
  return record.set(Field::detail, step.detail).set(Field::value, step.fix);
}

std::string block_of(const std::string& host, const std::vector<Step>& steps, unsigned width, bool color) {
  constexpr std::size_t kName = 14;  // with the blanks around it
  constexpr std::array<std::string_view, 5> kColors{"\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[2m",
                                                    "\x1b[33m"};
  std::size_t room = 9;  // for a verdict, with the blanks behind it
  for (const auto& step : steps) room = std::max(room, word_of(step.verdict).size() + 2);
  std::string out = text::printable(host) + "\n";
  for (const auto& step : steps) {
    const auto word = word_of(step.verdict);
    out.append("  ").append(step.name).append(kName - std::min(kName, step.name.size()), ' ');
    if (color) out += kColors.at(static_cast<std::size_t>(step.verdict));
    out += word;
    if (color) out += "\x1b[0m";
    out.append(room - word.size(), ' ');
    append_lines(out, step.detail, 2 + kName + room, width);
    if (step.fix.empty()) continue;
    out.append(2 + kName + room, ' ').append("fix: ");
    append_lines(out, step.fix, 2 + kName + room + 2, width);
  }
  return out;
}

}  // namespace ctys::action
