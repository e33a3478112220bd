// Reads what `ctys jobs` is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/jobs_options.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace ctys::cli {
namespace {

using model::JobsVerb;

constexpr unsigned kMostId = 999'999'999;

Result<unsigned> read_id(const std::string& word) {
  const auto number = text::number(word);
  if (!number || *number == 0 || *number > kMostId)
    return fail(Exit::usage, in_quotes(word) + " is no job", "jobs are numbered from 1 on",
                "see what there is: ctys jobs");
  return static_cast<unsigned>(*number);
}

Result<void> no_effect(const ModernLine& line, Opt id, std::string_view why) {
  const auto* given = find(line.options, id);
  if (given == nullptr) return {};
  return fail(Exit::usage, "'--" + std::string(given->option->name) + "' has no effect", std::string(why),
              "leave it out");
}

Result<void> check_options(const model::JobsOptions& jobs, const ModernLine& line) {
  if (jobs.verb != JobsVerb::wait && jobs.verb != JobsVerb::cancel)
    TRY_VOID(no_effect(line, Opt::deadline, "it belongs to wait and cancel"));
  if (jobs.verb != JobsVerb::remove) TRY_VOID(no_effect(line, Opt::done, "it belongs to remove"));
  if (jobs.verb == JobsVerb::show)
    for (const auto id : {Opt::json, Opt::format, Opt::columns, Opt::no_header, Opt::filter, Opt::sort,
                          Opt::reverse, Opt::unique})
      TRY_VOID(no_effect(line, id, "the output of a job is shown as the job wrote it"));
  return {};
}

}  // namespace

Result<void> read_jobs(Draft& draft, const ModernLine& line) {
  auto& jobs = draft.request.jobs;
  auto words = line.words;
  const auto verbs = text::split(kJobsVerbs, '|');
  std::string verb = "list";
  if (!words.empty()) {
    verb = words.front();
    const auto at = std::find(verbs.begin(), verbs.end(), verb);
    if (at == verbs.end() && text::number(verb))
      return fail(Exit::usage, "what is to be done with job " + verb + "?", {},
                  "show, wait, cancel or remove it: ctys jobs show " + verb);
    if (at == verbs.end()) return bad_word("ctys jobs", verb, kJobsVerbs);
    jobs.verb = static_cast<JobsVerb>(at - verbs.begin());
    words.erase(words.begin());
  }
  jobs.done = find(line.options, Opt::done) != nullptr;
  for (const auto& word : words) {
    const auto id = TRY(read_id(word));
    if (std::find(jobs.ids.begin(), jobs.ids.end(), id) == jobs.ids.end()) jobs.ids.push_back(id);
  }
  if (jobs.verb == JobsVerb::list && !jobs.ids.empty())
    return fail(Exit::usage, "jobs list takes no number", {},
                "for one of them write: ctys jobs show " + words.front());
  if (jobs.verb == JobsVerb::show && jobs.ids.size() > 1)
    return fail(Exit::usage, "jobs show takes one number", {}, "show them one after the other");
  if (jobs.done && !jobs.ids.empty())
    return fail(Exit::usage, "'--done' and a number exclude each other", {}, "leave out one of them");
  if (jobs.verb != JobsVerb::list && jobs.ids.empty() && !jobs.done)
    return fail(Exit::usage, "jobs " + verb + " has no number", {}, "name the job: ctys jobs " + verb + " 1");
  return check_options(jobs, line);
}

}  // namespace ctys::cli
