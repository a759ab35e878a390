/// The memory that a run is said to take, beside what it takes, in a process of its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/command.hpp"

using namespace vitral::tests;

#if !defined(VITRAL_SANITIZED)  // whose own memory is many times the program's

TEST_CASE("the estimate of the memory is within 1.3 of the measured peak") {
    const TemporaryFolder folder;
    const std::string config = folder.write("guide.toml", R"~(wavelength = "1310 nm"
[section]
width = "100 um"
depth = "32 um"
resolution = "0.2 um"
[index]
formula = "1.5035 + 0.010*exp(-((x+2)/4)^2 - ((y+8)/3)^2)"
segments = [ { s_bend = "0.2 mm", to_x = "4 um" } ]
[modes]
count = 2
[propagation]
records = 10
launch = { mode = 0 }
)~");
    const std::vector<std::string> variants[] = {
        {},
        {"--set", "propagation.step=10 um"},
        {"--set", "propagation.precision=single", "--set", "propagation.step=10 um"},
        {"--set", "propagation.method=finite-difference"},
        {"--set", "modes.count=6", "--set", "propagation.step=10 um"},
        {"--set", "propagation.order=wide-angle", "--set", "propagation.step=50 um"},
        {"--set", "propagation.records=20000", "--set", "propagation.step=0.01 um", "--set",
         "section.resolution=0.8 um"}};
    for (const auto& settings : variants) {
        INFO((settings.empty() ? "as it is" : settings[1]));
        std::vector<std::string> check{"check", config, "--json"}, run{"run", config, "-o", (folder / "r.h5").string()};
        check.insert(check.end(), settings.begin(), settings.end());
        run.insert(run.end(), settings.begin(), settings.end());
        const Answer plan = vitral_command(check);
        REQUIRE(plan.code == 0);
        const double estimate = nlohmann::json::parse(plan.out)["plan"]["memory"];
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            std::vector<char*> arguments{const_cast<char*>(VITRAL_PROGRAM)};
            for (std::string& word : run) arguments.push_back(word.data());
            arguments.push_back(nullptr);
            (void)!std::freopen("/dev/null", "w", stdout);
            ::execv(VITRAL_PROGRAM, arguments.data());
            ::_exit(127);
        }
        int status = 0;
        rusage usage{};
        ::wait4(child, &status, 0, &usage);
        REQUIRE(WIFEXITED(status));
        REQUIRE(WEXITSTATUS(status) == 0);
        const double peak = 1024.0 * static_cast<double>(usage.ru_maxrss);
        INFO("estimate " << estimate << " B, measured " << peak << " B");
        CHECK(estimate < 1.3 * peak);
        CHECK(peak < 1.3 * estimate);
    }
}

#endif

TEST_CASE("the limit of memory holds for every stage at which a run ends") {
    const TemporaryFolder folder;
    const std::string config = folder.write("fine.toml", R"~(wavelength = "1310 nm"
[section]
width = "100 um"
depth = "32 um"
resolution = "1 nm"
[index]
formula = "1.5035 + 0.010*exp(-(x/4)^2 - ((y+8)/3)^2)"
)~");
    for (const char* stage : {"index", "modes", "coupling"}) {
        const Answer answer = vitral_command({"run", config, "--until", stage, "--max-memory", "2 GiB"});
        CHECK(answer.code == 5);
        CHECK(answer.err.find("the limit is 2.00 GiB") != std::string::npos);
    }
}
