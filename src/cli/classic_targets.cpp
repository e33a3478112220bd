// Targets of the classic grammar: hosts and groups with options of their own in parentheses.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   '(-d 3)' localhost'(-g 800x600)' lab01 @prod SUBTASK{ pm1 vm1'(-t QEMU -a create=l:vm1)' }
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/classic.hpp"
#include "groups/expand.hpp"
#include "groups/source.hpp"

#include <netdb.h>

#include <algorithm>
#include <map>
#include <utility>

namespace ctys::cli {
namespace {

// A word that is both is the host, as ctys has always had it; whoever means the group writes '@' in front.
// Only where there is such a group is the name looked up.
bool is_host(const std::string& name, const groups::Source& source) {
  const auto group = source.load(name, 0);
  if (group && !*group) return true;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, nullptr, &found) != 0) return false;
  ::freeaddrinfo(found);
  return true;
}

// Options that are for ctys as a whole.
Result<void> check_own(const ClassicLine& line, std::string_view options) {
  if (!line.help && line.version == 0 && !line.compat) return {};
  return fail(Exit::usage, "an option that is not about a target stands in " + in_quotes(options), {},
              "write it in front of the targets");
}

// A word that begins with '-' where a target is due.
Result<void> check_words(std::span<const std::string> words) {
  unsigned depth = 0;
  for (const auto& word : words) {
    if (depth == 0 && word.starts_with('-'))
      return fail(Exit::usage, "the option " + in_quotes(word) + " stands behind a target", {},
                  "put all options in front of the first target");
    for (const char c : word) {
      if (c == '(' || c == '{' || c == '[') ++depth;
      if ((c == ')' || c == '}' || c == ']') && depth > 0) --depth;
    }
  }
  return {};
}

class Reader {
 public:
  explicit Reader(const ClassicLine& line) : line_(line) {}

  Result<std::vector<ClassicLine>> read(const groups::Hosts& hosts) {
    ClassicLine all = line_;
    for (const auto& host : hosts) {
      // The original gave the options of a target to those behind it, too.
      if (line_.compat) TRY_VOID(add_options(all, host.contexts));
      const auto* own = line_.compat ? &all : TRY(with_options(host.contexts));
      auto target = TRY(model::parse_target(host.name));
      target = TRY(with_login(*own, std::move(target)));
      model::add_target(share_of(*own).draft.request.where.targets, std::move(target));
    }
    return std::move(lines_);
  }

 private:
  static Result<void> add_options(ClassicLine& line, const std::vector<std::string>& contexts) {
    for (const auto& context : contexts) TRY_VOID(read_context(line, context));
    return {};
  }

  Result<const ClassicLine*> with_options(const std::vector<std::string>& contexts) {
    const auto [at, is_new] = read_.try_emplace(contexts, line_);
    if (is_new) TRY_VOID(add_options(at->second, contexts));
    return &at->second;
  }

  ClassicLine& share_of(const ClassicLine& line) {
    const auto [at, is_new] = by_options_.try_emplace(line.given, lines_.size());
    if (is_new) lines_.push_back(line);
    return lines_[at->second];
  }

  const ClassicLine& line_;
  std::map<std::vector<std::string>, ClassicLine> read_;
  std::map<std::vector<std::string>, std::size_t> by_options_;
  std::vector<ClassicLine> lines_;
};

}  // namespace

Result<void> read_context(ClassicLine& line, std::string_view options) {
  const bool compat = std::exchange(line.compat, false);
  std::vector<std::string> words;
  for (const auto word : text::split(options, ' '))
    if (!word.empty()) words.emplace_back(word);
  const auto end = TRY(read_options(line, words));
  if (end < words.size())
    return fail(Exit::usage, "unexpected word " + in_quotes(words[end]) + " in the options of a target",
                "in " + in_quotes(options));
  TRY_VOID(check_own(line, options));
  line.compat = compat;
  return {};
}

// -l is the login of all targets that name none; localhost with another user is reached by SSH.
Result<model::Target> with_login(const ClassicLine& line, model::Target target) {
  if (!target.user.empty() || !line.login || *line.login == paths::environment("USER").value_or(""))
    return target;
  target.user = *line.login;
  return model::parse_target(model::text_of(target));
}

namespace {

Result<groups::Hosts> hosts_of(std::span<const std::string> words, bool keep_duplicates) {
  TRY_VOID(check_words(words));
  const auto source = groups::usual_source();
  groups::Rules rules;
  rules.is_host = [&](const std::string& name) { return is_host(name, source); };
  rules.keep_duplicates = keep_duplicates;
  auto hosts = TRY(groups::expand(words, source, rules));
  auto text = text::join(words, " ");
  std::erase_if(text, [](char c) { return c == '\'' || c == '"'; });
  if (hosts.empty() && text.starts_with('(') && text.ends_with(')'))
    return fail(Exit::usage, "the options " + in_quotes(text) + " have no target", {},
                "name a target behind them, or leave out the parentheses");
  if (hosts.empty() && text::trim(text).empty())
    return fail(Exit::usage, "the name of a target is empty", {},
                "name a host, or leave it out to mean this one");
  if (hosts.empty())
    return fail(Exit::usage, "no host is left of " + in_quotes(text), {},
                "see what groups hold: ctys groups tree");
  if (hosts.size() > kMaxTargets)
    return fail(Exit::usage, "there are more than " + std::to_string(kMaxTargets) + " hosts");
  return hosts;
}

}  // namespace

Result<std::vector<ClassicLine>> read_targets(const ClassicLine& line, std::span<const std::string> words) {
  if (words.empty()) return std::vector{line};
  const auto hosts = hosts_of(words, line.draft.request.allow_ambiguous);
  // What cannot be done at all is told before a group that is missing.
  if (!hosts) return tl::unexpected<Error>(line.draft.refused.value_or(hosts.error()));
  return Reader(line).read(*hosts);
}

Result<void> add_words(Draft& draft, std::span<const std::string> words) {
  for (auto& host : TRY(hosts_of(words, false))) {
    auto target = TRY(model::parse_target(host.name));
    if (host.contexts.empty())
      model::add_target(draft.request.where.targets, std::move(target));
    else
      draft.own.push_back({std::move(target), std::move(host.contexts)});
  }
  return {};
}

}  // namespace ctys::cli
