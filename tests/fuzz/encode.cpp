// Fuzzes the writing side of the worker protocol: whatever a guest puts in a record, it arrives as one
// record.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.hpp"
#include "wire/message.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const std::string text(fuzz::text_of(data, size));
  model::Record record;
  record.set(Field::label, text);
  record.set(Field::tcp, "10.0.0.1");
  wire::Call call;
  call.type = text;
  call.address = {{"NAME", text}};
  call.options = {{text, text}};
  for (const wire::Message& message : {wire::Message(record), wire::Message(wire::Log{1, text}),
                                       wire::Message(Error{Exit::failed, text, text}), wire::Message(call)}) {
    const auto line = wire::encode(message);
    fuzz::must(line.find('\n') == line.size() - 1, "a message is one line");
    if (line.size() > wire::kMaxLine) continue;
    const auto again = wire::decode(std::string_view(line).substr(0, line.size() - 1));
    fuzz::must(again && again->index() == message.index(), "what was written can be read");
  }
  return 0;
}
