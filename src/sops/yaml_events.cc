// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_events.h"

#include <string.h>
#include <yaml.h>

#include <map>

#include "base/text.h"
#include "sops/failure.h"
#include "sops/tree.h"
#include "sops/yaml_comments.h"

namespace vmcred::sops {
namespace {

using base::concat;

constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t k_most_bytes = std::size_t{64} << 20U;
constexpr std::size_t k_most_events = std::size_t{4} << 20U;

// libyaml's parser. Its memory is the C heap: what can be reached of it is wiped, since the text may be a
// plain one.
class Parser {
 public:
  explicit Parser(crypto::Bytes text) {
    m_ready = yaml_parser_initialize(&m_parser) == 1;
    if (!m_ready) return;
    yaml_parser_set_encoding(&m_parser, YAML_UTF8_ENCODING);
    // It wants an address even for nothing.
    const void* const begin = text.empty() ? "" : static_cast<const void*>(text.data());
    yaml_parser_set_input_string(&m_parser, static_cast<const unsigned char*>(begin), text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (!m_ready) return;
    wipe(m_parser.raw_buffer.start, m_parser.raw_buffer.end);
    wipe(m_parser.buffer.start, m_parser.buffer.end);
    yaml_parser_delete(&m_parser);
  }

  bool next(yaml_event_t& event) { return m_ready && yaml_parser_parse(&m_parser, &event) == 1; }

  // libyaml's texts are fixed ones: they quote nothing of the file.
  base::Error error() const {
    const char* const problem = m_parser.problem;
    return failed(Failure::unreadable, concat("line ", m_parser.problem_mark.line + 1, ": ",
                                              problem == nullptr ? "out of memory" : problem));
  }

 private:
  static void wipe(unsigned char* begin, unsigned char* end) {
    if (begin != nullptr) explicit_bzero(begin, static_cast<std::size_t>(end - begin));
  }

  yaml_parser_t m_parser{};
  bool m_ready = false;
};

// One of libyaml's events, wiped and freed when it goes.
struct Event {
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() {
    if (raw.type == YAML_SCALAR_EVENT) explicit_bzero(raw.data.scalar.value, raw.data.scalar.length);
    yaml_event_delete(&raw);
  }

  yaml_event_t raw{};
};

std::string text_or_empty(const unsigned char* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

class EventReader {
 public:
  explicit EventReader(crypto::Bytes text) : m_source(text), m_parser(text) {}

  base::Result<std::vector<YamlEvent>> read() {
    while (true) {
      Event event;
      if (!m_parser.next(event.raw)) return m_parser.error();
      if (event.raw.type == YAML_STREAM_END_EVENT) return std::move(m_events);
      if (event.raw.type == YAML_STREAM_START_EVENT) continue;
      VMCRED_TRY(add(event.raw));
    }
  }

 private:
  base::Result<void> add(const yaml_event_t& raw) {
    if (m_events.size() == k_most_events) return error_at(raw, "too many values");
    YamlEvent event;
    event.line = raw.start_mark.line + 1;
    event.comments = std::move(m_head_comments);
    m_head_comments.clear();
    VMCRED_TRY(fill(raw, event));
    take_line_comment(event.comments);
    m_events.push_back(std::move(event));
    return {};
  }

  // The first comment behind a value belongs to that value, which is the event before.
  void take_line_comment(std::vector<YamlComment>& comments) {
    if (m_events.empty() || comments.empty()) return;
    if (comments.front().position != YamlComment::Position::behind_value) return;
    YamlEvent& previous = m_events.back();
    const bool is_value = previous.kind == YamlEvent::Kind::scalar ||
                          previous.kind == YamlEvent::Kind::alias ||
                          (previous.flow && previous.kind != YamlEvent::Kind::map_start &&
                           previous.kind != YamlEvent::Kind::sequence_start);
    if (!is_value) return;
    previous.line_comment = std::move(comments.front());
    comments.erase(comments.begin());
  }

  base::Result<void> fill(const yaml_event_t& raw, YamlEvent& event) {
    switch (raw.type) {
      case YAML_DOCUMENT_START_EVENT:
        m_anchors.clear();
        return finish(raw, event, YamlEvent::Kind::document_start);
      case YAML_DOCUMENT_END_EVENT:
        return finish(raw, event, YamlEvent::Kind::document_end);
      case YAML_SCALAR_EVENT:
        return fill_scalar(raw, event);
      case YAML_ALIAS_EVENT:
        return fill_alias(raw, event);
      case YAML_MAPPING_START_EVENT:
        event.tag = text_or_empty(raw.data.mapping_start.tag);
        event.flow = raw.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        return start_collection(raw, event, YamlEvent::Kind::map_start, raw.data.mapping_start.anchor);
      case YAML_SEQUENCE_START_EVENT:
        event.tag = text_or_empty(raw.data.sequence_start.tag);
        event.flow = raw.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        return start_collection(raw, event, YamlEvent::Kind::sequence_start, raw.data.sequence_start.anchor);
      case YAML_MAPPING_END_EVENT:
        return end_collection(raw, event, YamlEvent::Kind::map_end);
      default:
        return end_collection(raw, event, YamlEvent::Kind::sequence_end);
    }
  }

  base::Result<void> fill_scalar(const yaml_event_t& raw, YamlEvent& event) {
    const auto& scalar = raw.data.scalar;
    event.kind = YamlEvent::Kind::scalar;
    event.tag = text_or_empty(scalar.tag);
    event.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    note_anchor(scalar.anchor);
    VMCRED_TRY_ASSIGN(event.text,
                      secret::SecretBuffer::copy_of(std::as_bytes(std::span(scalar.value, scalar.length))));
    const std::size_t start = m_source.byte_of(raw.start_mark.index);
    const std::size_t end = m_source.byte_of(raw.end_mark.index);
    const bool has_properties = scalar.anchor != nullptr || scalar.tag != nullptr;
    const std::size_t contents = has_properties ? m_source.skip_properties(start, end) : start;
    VMCRED_TRY(m_source.collect_comments(m_end, contents, event.comments));
    m_end = end;
    const bool is_block =
        scalar.style == YAML_LITERAL_SCALAR_STYLE || scalar.style == YAML_FOLDED_SCALAR_STYLE;
    return is_block ? m_source.collect_head_comment(contents, m_head_comments) : base::Result<void>();
  }

  base::Result<void> fill_alias(const yaml_event_t& raw, YamlEvent& event) {
    const auto found = m_anchors.find(text_or_empty(raw.data.alias.anchor));
    if (found == m_anchors.end()) return error_at(raw, "an alias to an anchor that is not there");
    event.target = found->second;
    return finish(raw, event, YamlEvent::Kind::alias);
  }

  base::Result<void> start_collection(const yaml_event_t& raw, YamlEvent& event, YamlEvent::Kind kind,
                                      const unsigned char* anchor) {
    if (m_open_flows.size() == k_max_depth)
      return error_at(raw, concat("more than ", k_max_depth, " levels"));
    m_open_flows.push_back(event.flow);
    note_anchor(anchor);
    VMCRED_TRY(finish(raw, event, kind));
    if (event.flow) return {};
    // A sequence that is not indented begins for libyaml behind its first dash.
    event.indentless = kind == YamlEvent::Kind::sequence_start && m_source.at(m_end) != '-';
    event.column = raw.end_mark.column - (event.indentless ? 1 : 0);
    return {};
  }

  base::Result<void> end_collection(const yaml_event_t& raw, YamlEvent& event, YamlEvent::Kind kind) {
    event.flow = m_open_flows.back();
    m_open_flows.pop_back();
    return finish(raw, event, kind);
  }

  base::Result<void> finish(const yaml_event_t& raw, YamlEvent& event, YamlEvent::Kind kind) {
    event.kind = kind;
    const std::size_t end = m_source.byte_of(raw.end_mark.index);
    VMCRED_TRY(m_source.collect_comments(m_end, end, event.comments));
    m_end = end;
    return {};
  }

  void note_anchor(const unsigned char* anchor) {
    if (anchor != nullptr) m_anchors.insert_or_assign(text_or_empty(anchor), m_events.size());
  }

  static base::Error error_at(const yaml_event_t& raw, std::string_view what) {
    return failed(Failure::unreadable, concat("line ", raw.start_mark.line + 1, ": ", what));
  }

  YamlSource m_source;
  Parser m_parser;
  std::vector<YamlEvent> m_events;
  std::map<std::string, std::size_t> m_anchors;
  std::vector<YamlComment> m_head_comments;  // of a block scalar, for the event behind it
  std::size_t m_end = 0;                     // of the last event's own text
  std::vector<bool> m_open_flows;            // for each open collection: is it in flow style?
};

}  // namespace

base::Result<std::vector<YamlEvent>> read_yaml_events(crypto::Bytes text) {
  if (text.size() > k_most_bytes) {
    return failed(Failure::unreadable, concat("more than ", base::byte_count(k_most_bytes), " of YAML"));
  }
  if (text_of(text).starts_with(k_byte_order_mark)) text = text.subspan(k_byte_order_mark.size());
  return EventReader(text).read();
}

}  // namespace vmcred::sops
