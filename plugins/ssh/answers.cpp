// Answers of `ssh -G` that are used again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "answers.hpp"

#include "handles.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace ctys::ssh {
namespace {

constexpr std::string_view kFirst = "ctys-ssh-answers 2";
constexpr std::string_view kLast = "end";
// A file that was changed just now may be changed again without another stamp.
constexpr std::int64_t kSettled = 2;  // seconds

std::string question(const Place& place) {
  return place.host + " " + (place.user.empty() ? "-" : place.user) + " " + std::to_string(place.port);
}

std::optional<std::string_view> next_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool take(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word)) return false;
  line.remove_prefix(word.size());
  return true;
}

// The user's own file, which nobody else can write to; empty: there is none.
std::string read_own(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0 ||
      static_cast<std::size_t>(status.st_size) > kMaxKept)
    return {};
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  return text;
}

// The new file in place of the old one, by rename.
void replace(const std::string& path, std::string_view text) {
  auto folder = path.substr(0, path.rfind('/'));
  for (const auto& above : {folder.substr(0, folder.rfind('/')), folder})
    if (::mkdir(above.c_str(), 0700) != 0 && errno != EEXIST) return;
  auto name = path + ".XXXXXX";
  const Descriptor file(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
  if (file.get() < 0) return;
  if (!write_all(file.get(), text) || ::rename(name.c_str(), path.c_str()) != 0) ::unlink(name.c_str());
}

}  // namespace

std::string text_of(const Kept& kept) {
  std::string text = std::string(kFirst) + "\n" + kept.who + "\n";
  for (const auto& file : kept.files) text += "file " + file + "\n";
  for (const auto& stamp : kept.stamps) text += "stamp " + stamp + "\n";
  for (const auto& [question, answer] : kept.answers) {
    text += "host " + question + "\n";
    std::string_view rest = answer;
    while (const auto line = next_line(rest)) text.append(" ").append(*line).append("\n");
  }
  return text.append(kLast).append("\n");
}

std::optional<Kept> parse_kept(std::string_view text) {
  Kept kept;
  if (next_line(text) != kFirst) return std::nullopt;
  const auto who = next_line(text);
  if (!who) return std::nullopt;
  kept.who = *who;
  std::string* answer = nullptr;
  while (auto line = next_line(text)) {
    if (*line == kLast) return text.empty() ? std::optional(std::move(kept)) : std::nullopt;
    if (take(*line, "host "))
      answer = &kept.answers[std::string(*line)];
    else if (answer != nullptr && take(*line, " "))
      answer->append(*line).append("\n");
    else if (answer == nullptr && take(*line, "file "))
      kept.files.emplace_back(*line);
    else if (answer == nullptr && take(*line, "stamp "))
      kept.stamps.emplace_back(*line);
    else
      return std::nullopt;
  }
  return std::nullopt;
}

Answers::Answers(std::string file, std::string who, Sources sources, std::int64_t now)
    : file_(std::move(file)), who_(std::move(who)), sources_(std::move(sources)), now_(now) {}

void Answers::load() {
  loaded_ = true;
  if (file_.empty() || who_.find('\n') != std::string::npos) return;
  auto kept = parse_kept(read_own(file_));
  usable_ = kept && kept->who == who_ && !kept->files.empty() && holds(kept->stamps);
  if (usable_)
    kept_ = *std::move(kept);
  else
    take_basis();
}

// What ssh is going to read, before it does.
void Answers::take_basis() {
  auto basis = find_basis(sources_);
  usable_ = basis && !basis->files.empty() && basis->changed < now_ - kSettled;
  if (!usable_) return;
  has_hosts_ = true;
  hosts_ = std::move(basis->hosts);
  kept_ = {who_, std::move(basis->files), std::move(basis->stamps), {}};
}

// The file of answers does not say them.
void Answers::find_hosts() {
  if (std::exchange(has_hosts_, true) || !usable_) return;
  auto basis = find_basis(sources_);
  if (basis && basis->stamps == kept_.stamps) hosts_ = std::move(basis->hosts);
}

Answers::Common* Answers::common(const Place& place) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  find_hosts();
  if (!usable_ || !hosts_ || place.host.find_first_not_of(kPlain) != std::string::npos) return nullptr;
  return &common_[place.user + " " + std::to_string(place.port) + " " + lines_for(place.host, *hosts_)];
}

const std::string* Answers::find(const Place& place) {
  if (!loaded_) load();
  const auto name = question(place);
  asked_[name] = true;
  if (const auto at = kept_.answers.find(name); at != kept_.answers.end()) return &at->second;
  const auto* other = common(place);
  if (other == nullptr || other->answer.empty()) return nullptr;
  auto answer = other->answer;
  const auto line = "hostname " + other->host + "\n";
  if (const auto at = answer.find(line); at != std::string::npos)
    answer.replace(at, line.size(), "hostname " + place.host + "\n");
  is_new_ = true;
  return &(kept_.answers[name] = std::move(answer));
}

bool Answers::awaits(const Place& place) {
  auto* other = common(place);
  if (other == nullptr || other->single) return false;
  if (!other->asked.empty() && other->asked != question(place)) return true;
  other->asked = question(place);
  return false;
}

const std::vector<std::string>* Answers::basis(const Place& place) const {
  return usable_ && kept_.answers.contains(question(place)) ? &kept_.stamps : nullptr;
}

void Answers::give_up(const Place& place) {
  if (!loaded_) return;
  auto* other = common(place);
  if (other != nullptr && other->asked == question(place)) other->asked.clear();
}

// Its answer is others', too, when it speaks of this host nowhere but in its name.
void Answers::share(const Place& place, const std::string& answer) {
  auto* other = common(place);
  if (other == nullptr) return;
  other->asked.clear();
  auto rest = "\n" + answer;
  const auto line = "\nhostname " + place.host + "\n";
  if (const auto at = rest.find(line); at != std::string::npos) rest.erase(at, line.size() - 1);
  const auto& names = hosts_->names;
  other->single = rest.find(place.host) != std::string::npos ||
                  !parse_config(answer, place, {}).jumps.empty() ||
                  std::find(names.begin(), names.end(), place.host) != names.end();
  if (other->single) return;
  other->host = place.host;
  other->answer = answer;
}

void Answers::add(const Place& place, std::string_view answer) {
  // An ssh that reads other files than those found is one that is not known well enough.
  if (!usable_ || files_read(answer) != kept_.files) return give_up(place);
  auto known = known_lines(answer);
  share(place, known);
  kept_.answers[question(place)] = std::move(known);
  is_new_ = true;
}

void Answers::keep() {
  if (!std::exchange(is_new_, false) || !holds(kept_.stamps)) return;
  auto text = text_of(kept_);
  if (text.size() > kMaxKept) {  // who was not asked this time makes room
    auto few = kept_;
    std::erase_if(few.answers, [&](const auto& entry) { return !asked_.contains(entry.first); });
    text = text_of(few);
    if (text.size() > kMaxKept) return;
  }
  replace(file_, text);
}

std::string answers_file() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes it
    return value == nullptr || *value != '/' ? "" : value;
  };
  auto folder = variable("XDG_CACHE_HOME");
  if (folder.empty() && !variable("HOME").empty()) folder = variable("HOME") + "/.cache";
  return folder.empty() ? folder : folder + "/ctys/ssh-answers";
}

}  // namespace ctys::ssh
