#pragma once
#include <cstddef>
#ifndef VITRAL_ISA  // the kernels themselves see nothing of the standard library but this
#include <vector>
#endif

namespace vitral::kernels {

/// Coefficients of the Cayley step of one direction, ψ <- ψ + iκ (δ² + 1/c)⁻¹ ψ, the matrix factored once: tri(1, d, 1) with
/// d = 1/c - 2 has the pivots p_i = d_i - 1/p_{i-1}, and f = 1/p. With κ = -2 Im d the step is unitary for any c.
template <typename T>
struct CayleyCoefficients {
    const T *f_re, *f_im;  ///< inverse pivots; along x zeros follow them up to whole vectors
    T kappa;
    /// On a graded axis ψ <- ψ + iκ b (tri)⁻¹ b ψ: b, 1/b and κ b at every point, as many numbers as f has. Null: b = 1.
    const T *b = nullptr, *inverse_b = nullptr, *kappa_b = nullptr;
};

/// A layer's Cayley step ψ <- 2 S⁻¹ M ψ - ψ, S = tri(off, d, off) as its factors lower and inverse of the diagonal; complex
/// numbers interleaved. M = tri(beside, inside, beside), at_wall in its first row.
struct LayerCoefficients {
    const double *lower, *inverse, *off;
    double beside, inside, at_wall;
};

/// The loops in which a propagation step spends its time, over lines of single or double precision, compiled once for
/// each instruction set. Real and imaginary parts lie in planes of their own unless said otherwise; rows are `stride`
/// apart and aligned to 64 bytes; counts of rows and columns are multiples of `lanes`.
template <typename T>
struct LineKernels {
    const char* instruction_set;
    int lanes;

    /// Cayley step along x of `rows` rows (a multiple of lanes) of nx points. `work`: 2 * stride * rows_per_block numbers.
    void (*cayley_x)(T* re, T* im, std::ptrdiff_t stride, int rows, int nx, CayleyCoefficients<T> c, T* work);
    int rows_per_block;  ///< rows that one call works on at once; callers hand out blocks of this many

    /// Cayley step along y of `columns` columns of ny points, then ψ <- p ψ at every point.
    void (*cayley_y)(T* re, T* im, std::ptrdiff_t stride, int columns, int ny, CayleyCoefficients<T> c, const T* p_re,
                     const T* p_im);
    int columns_per_block;

    /// `parts` steps of a layer of `cells` cells for `layer_lines` lines side by side, cells times layer_lines numbers in
    /// each plane; y_re and y_im are scratch of that size. Adds to `taken` what each line has lost of Σ|ψ|².
    void (*layer)(double* psi_re, double* psi_im, double* y_re, double* y_im, int cells, int parts, LayerCoefficients c,
                  double* taken);
    static constexpr int layer_lines = 16;

    /// a <- a b, complex numbers interleaved, n of them.
    void (*multiply)(T* a, const T* b, int n);

    /// Σ w[i] |a_i|² over n numbers (a multiple of lanes): interleaved, or in planes.
    double (*weighted_power)(const T* a, const double* w, int n);
    double (*weighted_power_planes)(const T* re, const T* im, const double* w, int n);

    /// Adds Σ m_k[i] ψ_i, complex, to sums[2k], sums[2k + 1] for each of `count` real lines m_k; ψ interleaved, n points.
    void (*overlaps)(const double* psi, const double* const* m, int count, int n, double* sums);
    /// Σ |ψ_i|², Σ u_i |ψ_i|², Σ u_i² |ψ_i|², ψ interleaved, n points.
    void (*moments)(const double* psi, const double* u, int n, double* sums);
    /// out = re + i im, interleaved.
    void (*interleave)(const T* re, const T* im, double* out, int n);

    /// out = amplitude_y * amplitude_x[i] * exp(i angle[i]); interleaved, or in planes.
    void (*turn)(const double* angle, const T* amplitude_x, T amplitude_y, T* out, int n);
    void (*turn_planes)(const double* angle, const T* amplitude_x, T amplitude_y, T* out_re, T* out_im, int n);

    /// a <- s a + d b,  b <- s b + e a (with the old a), then both times x[j]: the sine spectrum's pair of rows m and
    /// N - m of a block of `columns` complex numbers (docs/methods/propagation.md). s, d, e are one complex number.
    void (*mix_pair)(T* a, T* b, const T* s, const T* d, const T* e, const T* x, int columns);
    /// The same with s and d of their own in every column, and e, d turned by w2 and its conjugate; no x.
    void (*mix_pair_columns)(T* a, T* b, const T* s, const T* d, const T* w2, int columns);
};

#ifndef VITRAL_ISA
/// The kernels of the best instruction set that this machine has (or that VITRAL_ISA names: avx512, avx2, portable).
template <typename T>
const LineKernels<T>& line_kernels();

/// All that this machine can run, the best first: what the tests compare.
template <typename T>
std::vector<const LineKernels<T>*> available_line_kernels();
#endif

}  // namespace vitral::kernels
