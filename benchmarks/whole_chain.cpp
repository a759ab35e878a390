/// The flagship example as a user runs it, in this process and on one thread: wall time and peak memory.
#include <benchmark/benchmark.h>
#include <omp.h>
#include <sys/resource.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "app/commands/cli.hpp"
#include "app/io/atomic_file.hpp"
#include "app/io/hdf5_file.hpp"

namespace {

void flagship(benchmark::State& state) {
    omp_set_num_threads(1);
    const std::string config = std::string(VITRAL_SOURCE_DIR) + "/examples/fiber_to_chip/case.toml";
    const std::string file = (std::filesystem::temp_directory_path() / "vitral-benchmark.h5").string();
    for (auto _ : state) {
        std::ostringstream out, err;
        const int code =
            vitral::commands::run_command({"run", config, "-o", file, "--json", "--threads", "1"}, out, err);
        const auto result = code == 0 ? nlohmann::json::parse(out.str()) : nlohmann::json();
        // What the example answers when its mesh, its grid and its steps are refined, to what they leave as they are.
        const auto near = [](const nlohmann::json& value, double wanted, double by) {
            return std::abs(value.get<double>() - wanted) <= by;
        };
        const auto light = code == 0 ? result["wavelengths"][0] : nlohmann::json();
        const bool right = code == 0 && near(light["coupling"][0]["loss_dB"], 0.0270, 0.001) &&
                           near(light["link"]["loss_dB"], 2.952, 0.01) &&
                           near(light["process"]["peak_depth"], 10.91e-6, 0.05e-6);
        if (!right) {
            state.SkipWithError(
                "wrong answer: the burial depth, the coupling loss or the loss of the link is not that of the example");
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

/// A result of a megabyte: made in memory, written, synchronised, read back, renamed; then read against its checksums.
void results_file(benchmark::State& state) {
    const auto file = std::filesystem::temp_directory_path() / "vitral-benchmark-results.h5";
    const std::vector<double> values(std::size_t{1} << 17, 1.0);
    for (auto _ : state) {
        vitral::io::Hdf5Writer writer;
        writer.write("/field/psi", values, {{values.size(), ""}}, {"1", "a megabyte"});
        vitral::io::write_whole(file, writer.finish());
        vitral::io::verify_hdf5(file);
    }
    state.counters["MB"] = static_cast<double>(std::filesystem::file_size(file)) * 1e-6;
    std::filesystem::remove(file);
}

}  // namespace

BENCHMARK(results_file)->Name("results/file of 1 MB, written, read back, verified")->Unit(benchmark::kMillisecond);
BENCHMARK(flagship)->Name("whole chain/examples/fiber_to_chip, one thread")->Unit(benchmark::kSecond)->Iterations(1);
