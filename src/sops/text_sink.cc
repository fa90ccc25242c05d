// SPDX-License-Identifier: Apache-2.0
#include "sops/text_sink.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace vmcred::sops {
namespace {

class CountingSink : public TextSink {
 public:
  void append(std::string_view text) override { m_size += text.size(); }
  std::size_t size() const { return m_size; }

 private:
  std::size_t m_size = 0;
};

class SpanSink : public TextSink {
 public:
  explicit SpanSink(std::span<std::byte> left) : m_left(left) {}

  void append(std::string_view text) override {
    assert(text.size() <= m_left.size());
    std::copy_n(std::as_bytes(std::span(text)).begin(), text.size(), m_left.begin());
    m_left = m_left.subspan(text.size());
  }

 private:
  std::span<std::byte> m_left;
};

class StringSink : public TextSink {
 public:
  void append(std::string_view text) override { m_text += text; }
  std::string take() && { return std::move(m_text); }

 private:
  std::string m_text;
};

}  // namespace

base::Result<secret::SecretBuffer> secret_text(const TextWriter& write) {
  CountingSink counting;
  VMCRED_TRY(write(counting));
  VMCRED_TRY_ASSIGN(auto buffer, secret::SecretBuffer::zeroed(counting.size()));
  SpanSink sink(buffer.writable_bytes());
  VMCRED_TRY(write(sink));
  return buffer;
}

base::Result<std::string> public_text(const TextWriter& write) {
  StringSink sink;
  VMCRED_TRY(write(sink));
  return std::move(sink).take();
}

}  // namespace vmcred::sops
