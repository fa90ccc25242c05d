// SPDX-License-Identifier: Apache-2.0
// plan_timer RUNS SECRETS CONFIG: makes a launch plan for every VM of a config, each with that many
// credentials, and prints a line for each run: "LOAD PLAN COPY BYTES", the nanoseconds that three things took
// in turns and the size of the plans' texts. LOAD reads and checks the config, PLAN makes all plans, COPY
// copies their texts: what memory itself asks for a result of that size.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "config/load.h"
#include "vmm/capability.h"
#include "vmm/check.h"
#include "vmm/plan.h"

namespace {

using namespace vmcred;

constexpr std::size_t k_secret_bytes = 44;
constexpr int k_warm_up_runs = 2;

std::vector<vmm::CredentialOutline> outlines(int count) {
  std::vector<vmm::CredentialOutline> result;
  for (int i = 0; i < count; ++i)
    result.push_back(
        {.name = *credential::CredentialName::parse(base::concat("SECRET_", i)), .size = k_secret_bytes});
  return result;
}

template <typename Work>
long long nanoseconds_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
}

vmm::HostFacts host_of(const config::VirtualMachine& vm) {
  vmm::HostFacts host{.program = base::concat("/usr/bin/", vmm::capability_of(vm).program),
                      .runtime_directory = base::concat("/run/vmcred/", vm.name),
                      .kvm = true};
  if (vm.vsock_cid) host.vsock = vmm::capability_of(vm).vsock.front();
  return host;
}

[[noreturn]] void end(const base::Error& error) {
  std::fprintf(stderr, "plan_timer: %s\n", error.what.c_str());
  std::exit(1);
}

std::vector<vmm::LaunchPlan> plan_all(const config::Config& config,
                                      const std::vector<vmm::CredentialOutline>& credentials) {
  std::vector<vmm::LaunchPlan> plans;
  plans.reserve(config.vms.size());
  for (const auto& vm : config.vms) {
    auto plan = vmm::plan_launch(vm, credentials, host_of(vm));
    if (!plan) end(plan.error());
    plans.push_back(*std::move(plan));
  }
  return plans;
}

// Every text that ends up in argv or in a request, one after the other.
std::string texts_of(const std::vector<vmm::LaunchPlan>& plans) {
  std::string all;
  for (const auto& plan : plans) {
    for (const auto& argument : plan.arguments) all += argument.text;
    for (const auto& request : plan.requests)
      for (const auto& piece : request.body) all += piece.text;
  }
  return all;
}

void measure(const char* path, const std::vector<vmm::CredentialOutline>& credentials, bool print) {
  base::Result<config::Config> config = config::Config{};
  std::vector<vmm::LaunchPlan> plans;
  const long long load = nanoseconds_of([&] { config = config::load(path, vmm::check_vm); });
  if (!config) end(config.error());
  const long long plan = nanoseconds_of([&] { plans = plan_all(*config, credentials); });
  const std::string texts = texts_of(plans);
  std::string copied(texts.size(), '\0');
  const long long copy = nanoseconds_of([&] { std::ranges::copy(texts, copied.begin()); });
  if (copied != texts) std::abort();
  if (print) std::printf("%lld %lld %lld %zu\n", load, plan, copy, texts.size());
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc == 4 ? std::atoi(argv[1]) : 0;
  const int secrets = argc == 4 ? std::atoi(argv[2]) : 0;
  if (runs < 1 || secrets < 1) {
    std::fprintf(stderr, "usage: plan_timer RUNS SECRETS CONFIG\n");
    return 2;
  }
  const auto credentials = outlines(secrets);
  for (int run = -k_warm_up_runs; run < runs; ++run) measure(argv[3], credentials, run >= 0);
  return 0;
}
