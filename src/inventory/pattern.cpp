// Compiles and runs patterns.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/pattern.hpp"

#include "base/text.hpp"
#include "inventory/ere.hpp"

#include <re2/re2.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstring>

namespace ctys::inventory {
namespace {

constexpr std::int64_t kMaxMemory = std::int64_t{8} << 20;  // of one expression and its automaton
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

Result<Pattern> Pattern::of_re2(const std::string& re2, bool ignore_case, std::string_view shown) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!ignore_case);
  options.set_dot_nl(true);
  options.set_never_capture(true);
  options.set_max_mem(kMaxMemory);
  auto compiled = std::make_shared<const re2::RE2>(re2, options);
  constexpr std::size_t kShown = 60;
  if (!compiled->ok() || compiled->ProgramSize() > kMaxProgram)
    return fail(Exit::usage,
                "cannot use the regular expression '" + std::string(text::cut_right(shown, kShown)) + "'",
                compiled->ok() || compiled->error_code() == re2::RE2::ErrorPatternTooLarge ||
                        compiled->error_code() == re2::RE2::ErrorRepeatSize
                    ? "it repeats too much to be searched for in reasonable time"
                    : compiled->error(),
                "use smaller numbers in braces, or fewer of them");
  Pattern pattern;
  pattern.kind_ = Kind::expression;
  pattern.compiled_ = std::move(compiled);
  return pattern;
}

Result<Pattern> Pattern::compile(std::string_view expression) {
  if (expression.empty() || expression == ".") return Pattern();
  auto read = TRY(read_ere(expression));
  Pattern pattern;
  if (read.is_text)
    pattern.kind_ = Kind::text;
  else
    pattern = TRY(of_re2(read.re2, false, expression));
  pattern.required_ = Finder(std::move(read.required));
  return pattern;
}

Result<Pattern> Pattern::glob(std::string_view pattern, bool whole) {
  if (pattern.size() > kMaxPattern)
    return fail(Exit::usage, "the pattern is too long",
                std::to_string(pattern.size()) + " bytes, at most " + std::to_string(kMaxPattern));
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

bool Pattern::matches(std::string_view text) const {
  if (kind_ == Kind::everything) return true;
  if (!required_.text().empty() && !required_.is_in(text)) return false;
  if (kind_ == Kind::text) return true;
  const re2::StringPiece whole(text.data(), text.size());
  return compiled_->Match(whole, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace ctys::inventory
