/// The flagship example as a user runs it, in this process and on one thread: wall time and peak memory.
#include <benchmark/benchmark.h>
#include <omp.h>
#include <sys/resource.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/commands/cli.hpp"

namespace {

void flagship(benchmark::State& state) {
    omp_set_num_threads(1);
    const std::string config = std::string(VITRAL_SOURCE_DIR) + "/examples/fiber_to_chip/case.toml";
    const std::string file = (std::filesystem::temp_directory_path() / "vitral-benchmark.h5").string();
    for (auto _ : state) {
        std::ostringstream out, err;
        const int code = vitral::commands::run_command({"run", config, "-o", file, "--json", "--threads", "1"}, out, err);
        const auto result = code == 0 ? nlohmann::json::parse(out.str()) : nlohmann::json();
        const bool right = code == 0 && result["wavelengths"][0]["coupling"][0]["loss_dB"].get<double>() < 1.5 &&
                           result["wavelengths"][0]["process"]["peak_depth"].get<double>() > 5e-6;
        if (!right) {
            state.SkipWithError("wrong answer: the example does not give a buried guide that couples to the fiber");
            break;
        }
        state.counters["link_loss_dB"] = result["wavelengths"][0]["link"]["loss_dB"].get<double>();
        for (const auto& [stage, seconds] : result["provenance"]["seconds"].items())
            state.counters["s_" + stage] = seconds.get<double>();
    }
    std::filesystem::remove(file);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["peak_MiB_of_the_process"] = static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

BENCHMARK(flagship)->Name("whole chain/examples/fiber_to_chip, one thread")->Unit(benchmark::kSecond)->Iterations(1);
