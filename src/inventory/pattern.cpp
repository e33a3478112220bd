// Compiles and runs patterns.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/pattern.hpp"

#include "base/text.hpp"
#include "inventory/ere.hpp"

#include <re2/re2.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace ctys::inventory {
namespace {

constexpr std::int64_t kMaxMemory = std::int64_t{8} << 20;  // of one expression and its automaton
static_assert(AnyFinder::kMost == kMaxBeginnings);
constexpr int kMaxProgram = 4000;  // steps: what one byte of a record may cost at the very worst

// How common a character is in records, roughly: letters of names, digits and separators are.
constexpr unsigned commonness(char c) noexcept {
  constexpr std::string_view kOrder = ";0123456789aeinrostldcmu-/.:pbhgvfVMwkyxqE";
  const auto at = kOrder.find(c);
  return at == std::string_view::npos ? 0U : static_cast<unsigned>(kOrder.size() - at);
}

}  // namespace

Finder::Finder(std::string text) : text_(std::move(text)) {
  if (text_.size() < 2) return;
  rare2_ = 1;
  if (commonness(text_[1]) < commonness(text_[0])) std::swap(rare_, rare2_);
  for (std::size_t at = 2; at < text_.size(); ++at) {
    if (commonness(text_[at]) < commonness(text_[rare_])) {
      rare2_ = rare_;
      rare_ = at;
    } else if (commonness(text_[at]) < commonness(text_[rare2_])) {
      rare2_ = at;
    }
  }
}

const char* Finder::find(const char* begin, const char* end) const noexcept {
  const std::size_t size = text_.size();
  if (size == 0) return begin;
  if (static_cast<std::size_t>(end - begin) < size) return nullptr;
  if (size == 1)
    return static_cast<const char*>(std::memchr(begin, text_[0], static_cast<std::size_t>(end - begin)));
#if defined(__SSE2__)
  constexpr std::size_t kStep = sizeof(__m128i);
  const char* const last = end - size;  // where it can begin at the latest
  const __m128i first = _mm_set1_epi8(text_[rare_]);
  const __m128i second = _mm_set1_epi8(text_[rare2_]);
  const auto load = [](const char* from) {
    __m128i block;
    std::memcpy(&block, from, sizeof block);
    return block;
  };
  while (begin + kStep - 1 <= last) {
    const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(load(begin + rare_), first),
                                       _mm_cmpeq_epi8(load(begin + rare2_), second));
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(both));
    for (; mask != 0; mask &= mask - 1) {
      const char* const place = begin + __builtin_ctz(mask);
      if (std::memcmp(place, text_.data(), size) == 0) return place;
    }
    begin += kStep;
  }
  if (begin > last) return nullptr;
#endif
  return static_cast<const char*>(
      ::memmem(begin, static_cast<std::size_t>(end - begin), text_.data(), text_.size()));
}

AnyFinder::AnyFinder(std::vector<std::string> texts) {
  for (auto& text : texts) {
    longest_ = std::max(longest_, text.size());
    finders_.emplace_back(std::move(text));
  }
}

bool AnyFinder::is_at(const char* place, const char* end) const noexcept {
  const std::string_view rest(place, static_cast<std::size_t>(end - place));
  return std::any_of(finders_.begin(), finders_.end(),
                     [&](const Finder& finder) { return rest.starts_with(finder.text()); });
}

#if defined(__SSE2__)
// Goes on to the first sixteen bytes in which `Count` texts may begin, or to the last ones; returns in which
// of them. The number is a constant so that what is compared stays in registers.
template <std::size_t Count>
unsigned AnyFinder::skip(const char*& begin, const char* end) const noexcept {
  struct One {
    __m128i first, second;
    std::size_t rare, rare2;
  };
  std::array<One, Count> ones;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t i = 0; i < Count; ++i) {
    const auto& finder = finders_[i];
    ones[i] = {_mm_set1_epi8(finder.text()[finder.rare()]), _mm_set1_epi8(finder.text()[finder.rare2()]),
               finder.rare(), finder.rare2()};
  }
  const auto load = [](const char* from) {
    __m128i block;
    std::memcpy(&block, from, sizeof block);
    return block;
  };
  for (; static_cast<std::size_t>(end - begin) >= kStep + longest_; begin += kStep) {
    auto some = _mm_setzero_si128();
    for (const auto& one : ones)
      some = _mm_or_si128(some, _mm_and_si128(_mm_cmpeq_epi8(load(begin + one.rare), one.first),
                                              _mm_cmpeq_epi8(load(begin + one.rare2), one.second)));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(some)); mask != 0) return mask;
  }
  return 0;
}

const char* AnyFinder::find(const char* begin, const char* end) const noexcept {
  constexpr std::array kSkips{&AnyFinder::skip<1>, &AnyFinder::skip<2>, &AnyFinder::skip<3>,
                              &AnyFinder::skip<4>};
  static_assert(kSkips.size() == kMost);
  const auto skip = kSkips[finders_.size() - 1];
  for (auto mask = (this->*skip)(begin, end); mask != 0; mask = (this->*skip)(begin, end)) {
    for (; mask != 0; mask &= mask - 1)
      if (const char* const place = begin + __builtin_ctz(mask); is_at(place, end)) return place;
    begin += kStep;
  }
  return find_slowly(begin, end);
}
#else
const char* AnyFinder::find(const char* begin, const char* end) const noexcept {
  return find_slowly(begin, end);
}
#endif

const char* AnyFinder::find_slowly(const char* begin, const char* end) const noexcept {
  for (; begin != end; ++begin)
    if (is_at(begin, end)) return begin;
  return nullptr;
}

Result<Pattern> Pattern::of_re2(const std::string& re2, bool ignore_case, std::string_view shown) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignore_case);
  options.set_dot_nl(true);
  options.set_never_capture(true);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<const re2::RE2>(re2, options);
  constexpr std::size_t kShown = 60;
  if (!compiled->ok() || compiled->ProgramSize() > kMaxProgram) {
    const bool repeats = compiled->ok() || compiled->error_code() == re2::RE2::ErrorPatternTooLarge ||
                         compiled->error_code() == re2::RE2::ErrorRepeatSize;
    const bool is_text = compiled->error_code() != re2::RE2::ErrorBadUTF8;
    return fail(Exit::usage,
                "cannot use the regular expression '" + std::string(text::cut_right(shown, kShown)) + "'",
                repeats ? "it repeats too much to be searched for in reasonable time" : compiled->error(),
                repeats   ? "use smaller numbers in braces, or fewer of them"
                : is_text ? "'ctys help find' tells what may stand there"
                          : "write it in UTF-8; '.' stands for any character");
  }
  Pattern pattern;
  pattern.kind_ = Kind::expression;
  pattern.compiled_ = std::move(compiled);
  return pattern;
}

Result<Pattern> Pattern::compile(std::string_view expression) {
  if (expression.empty()) return Pattern();
  auto read = TRY(read_ere(expression));
  Pattern pattern;
  if (read.is_text)
    pattern.kind_ = Kind::text;
  else
    pattern = TRY(of_re2(read.re2, false, expression));
  pattern.required_ = Finder(std::move(read.required));
  if (!read.is_text) pattern.beginnings_ = AnyFinder(std::move(read.beginnings));
  return pattern;
}

Result<Pattern> Pattern::glob(std::string_view pattern, bool whole) {
  if (pattern.size() > kMaxPattern)
    return fail(Exit::usage, "the pattern is too long",
                std::to_string(pattern.size()) + " bytes, at most " + std::to_string(kMaxPattern));
  // Upper and lower case of what is not ASCII are known to RE2 alone.
  if (std::all_of(pattern.begin(), pattern.end(), [](char c) { return static_cast<signed char>(c) >= 0; })) {
    Pattern glob;
    glob.kind_ = Kind::glob;
    glob.is_whole_ = whole;
    for (const auto part : text::split(pattern, '*')) glob.parts_.push_back(text::lower(part));
    return glob;
  }
  std::string re2 = whole ? "^" : "";
  bool star = false;
  for (const auto part : text::split(pattern, '*')) {
    if (star && !re2.ends_with(".*")) re2 += ".*";
    re2 += re2::RE2::QuoteMeta(re2::StringPiece(part.data(), part.size()));
    star = true;
  }
  if (whole) re2 += '$';
  return of_re2(re2, true, pattern);
}

// The first part is at the beginning and the last one at the end; of the others each may be the first that
// comes.
bool Pattern::matches_glob(std::string_view text) const {
  const auto begins = [&](std::string_view part) {
    return text.size() >= part.size() && text::equal_ci(text.substr(0, part.size()), part);
  };
  if (is_whole_) {
    if (parts_.size() == 1) return text::equal_ci(text, parts_.front());
    if (!begins(parts_.front())) return false;
    text.remove_prefix(parts_.front().size());
    const auto& last = parts_.back();
    if (text.size() < last.size() || !text::equal_ci(text.substr(text.size() - last.size()), last))
      return false;
    text.remove_suffix(last.size());
  }
  const auto middle = is_whole_ ? std::span(parts_).subspan(1, parts_.size() - 2) : std::span(parts_);
  if (std::all_of(middle.begin(), middle.end(), [](const auto& part) { return part.empty(); })) return true;
  thread_local std::string lower;
  lower.assign(text);
  for (auto& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  std::string_view rest = lower;
  for (const auto& part : middle) {
    if (part.empty()) continue;
    const void* const place = ::memmem(rest.data(), rest.size(), part.data(), part.size());
    if (place == nullptr) return false;
    rest.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(place) - rest.data()) + part.size());
  }
  return true;
}

bool Pattern::matches(std::string_view text) const {
  if (kind_ == Kind::everything) return true;
  if (kind_ == Kind::glob) return matches_glob(text);
  if (!required_.text().empty() && !required_.is_in(text)) return false;
  if (kind_ == Kind::text) return true;
  if (!beginnings_.is_empty()) return matches_at_beginnings(text);
  const re2::StringPiece whole(text.data(), text.size());
  return compiled_->Match(whole, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

// Most attempts end after a few characters. After some of them the rest is looked at in one: time stays
// linear.
bool Pattern::matches_at_beginnings(std::string_view text) const {
  constexpr int kMostAttempts = 16;
  const re2::StringPiece whole(text.data(), text.size());
  const char* const end = text.data() + text.size();
  const char* place = text.data();
  for (int attempt = 0;; ++attempt, ++place) {
    place = beginnings_.find(place, end);
    if (place == nullptr) return false;
    const auto at = static_cast<std::size_t>(place - text.data());
    const auto anchor = attempt < kMostAttempts ? re2::RE2::ANCHOR_START : re2::RE2::UNANCHORED;
    const bool found = compiled_->Match(whole, at, text.size(), anchor, nullptr, 0);
    if (found || anchor == re2::RE2::UNANCHORED) return found;
  }
}

}  // namespace ctys::inventory
