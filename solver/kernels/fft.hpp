#pragma once
#include <complex>
#include <memory>
#include <string>

namespace vitral::kernels {

/// `lines` complex transforms of n points in place, not normalised: F(k) = Σ f(j) exp(∓2πi jk/n), the upper sign forward.
/// Elements lie `stride` apart, lines `distance` apart; data() must be aligned to 16 bytes. One thread; the library
/// (FFTW) is named in this kernel's source file only. T: double or float.
template <typename T>
class Fft {
public:
    Fft(int n, int lines, int stride, int distance);
    void forward(std::complex<T>* first) const;
    void backward(std::complex<T>* first) const;

private:
    struct Plans;
    std::shared_ptr<const Plans> plans_;  ///< one for all transforms of the same shape
};

/// How transforms are planned: by estimate (the same plan everywhere), or from wisdom: plans measured on this machine
/// once. The same wisdom gives the same bits. To measure a plan takes as long as a small run, so that a shape is planned by estimate
/// in the first processes that need it, and measured when it has been needed `patience` times; with a patience of 0 at once.
enum class Planning { estimate, wisdom };
void set_planning(Planning planning);
inline constexpr int usual_patience = 8;
void set_patience(int processes);
[[nodiscard]] Planning planning();

/// As long as one lives, this thread plans by estimate: for a few transforms of shapes that are not worth a measurement.
class EstimatedPlans {
public:
    EstimatedPlans();
    ~EstimatedPlans();
    EstimatedPlans(const EstimatedPlans&) = delete;
    EstimatedPlans& operator=(const EstimatedPlans&) = delete;
};

/// Hands in what wisdom_text() gave; false where the text is none. Damaged wisdom is measured again.
bool import_wisdom(const std::string& text);
/// Takes the plans of an earlier process, from its wisdom_text(), in place of this one's own, so that the bits are those of the
/// earlier one; false, and nothing is taken, where this process has used other plans for the same shapes already.
bool adopt_wisdom(const std::string& text);
/// All wisdom: what was handed in and anything measured since; or what the transforms of this process use of it.
enum class Told { all, used };
/// The wisdom of this process by shape, both precisions.
[[nodiscard]] std::string wisdom_text(Told told = Told::all);
/// Whether a plan was measured since the start or the last import: there is something new to keep.
[[nodiscard]] bool wisdom_has_grown();

}  // namespace vitral::kernels
