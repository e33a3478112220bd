// Fuzzes the worker protocol: the reader of lines and the decoder of messages, as both sides use them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "wire/message.hpp"

#include <algorithm>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  if (size == 0) return 0;
  // The first byte says in how large pieces the rest arrives.
  const std::size_t piece = std::size_t{data[0]} + 1;
  auto text = fuzz::text_of(data + 1, size - 1);
  wire::LineReader lines;
  while (!text.empty()) {
    lines.feed(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    while (const auto line = lines.next()) {
      fuzz::must(line->find('\n') == std::string_view::npos, "a line has no end of line inside");
      const auto message = wire::decode(*line);
      if (!message) {
        fuzz::must(!message.error().summary.empty(), "an error says what is wrong");
        continue;
      }
      const auto written = wire::encode(*message);
      fuzz::must(written.find('\n') == written.size() - 1, "a message is one line");
      const auto again = wire::decode(std::string_view(written).substr(0, written.size() - 1));
      fuzz::must(again && again->index() == message->index(), "a message reads back as its kind");
      fuzz::must(wire::encode(*again) == written, "a message reads back as itself");
      // The bytes of a console, as far as they have come.
      const auto* bytes = std::get_if<wire::Bytes>(&*message);
      if (bytes == nullptr) continue;
      fuzz::must(bytes->size <= wire::kMaxBytes, "no message announces more than it may");
      fuzz::must(lines.take(bytes->size).size() <= bytes->size, "no more is taken than was announced");
    }
  }
  return 0;
}
