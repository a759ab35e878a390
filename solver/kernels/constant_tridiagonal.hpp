#pragma once
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace vitral::kernels {

/// (1 + c δ²) x = b along lines of points at cell centres between hard walls, where δ² = [1 -2 1] and the wall values
/// vanish (x_-1 = -x_0). Factored once; a solution has no division. Solves `lanes` lines side by side, element i of
/// line j at [i * lanes + j], so that the recurrence runs in vector registers.
class ConstantTridiagonal {
public:
    static constexpr std::size_t lanes = 8;

    ConstantTridiagonal(int count, std::complex<double> c) {
        std::complex<double> before = 0.0;  // c times the inverse pivot of the row before
        for (int i = 0; i < count; ++i) {
            const double ends = (i == 0) + (i + 1 == count);
            const std::complex<double> pivot = 1.0 - (2.0 + ends) * c - c * before;
            before = c / pivot;
            inverse_re_.push_back((1.0 / pivot).real());
            inverse_im_.push_back((1.0 / pivot).imag());
            coupling_re_.push_back(before.real());
            coupling_im_.push_back(before.imag());
        }
    }

    void solve(std::span<const double> b_re, std::span<const double> b_im, std::span<double> x_re,
               std::span<double> x_im) const {
        const std::size_t n = inverse_re_.size();
        double carry_re[lanes] = {}, carry_im[lanes] = {};
        for (std::size_t i = 0; i < n; ++i) {
            const double gr = inverse_re_[i], gi = inverse_im_[i], er = coupling_re_[i], ei = coupling_im_[i];
            const double *br = &b_re[i * lanes], *bi = &b_im[i * lanes];
            double *xr = &x_re[i * lanes], *xi = &x_im[i * lanes];
            for (std::size_t j = 0; j < lanes; ++j) {
                const double re = gr * br[j] - gi * bi[j] - (er * carry_re[j] - ei * carry_im[j]);
                const double im = gr * bi[j] + gi * br[j] - (er * carry_im[j] + ei * carry_re[j]);
                xr[j] = carry_re[j] = re;
                xi[j] = carry_im[j] = im;
            }
        }
        for (std::size_t i = n - 1; i-- > 0;) {
            const double er = coupling_re_[i], ei = coupling_im_[i];
            double *xr = &x_re[i * lanes], *xi = &x_im[i * lanes];
            for (std::size_t j = 0; j < lanes; ++j) {
                const double re = xr[j] - (er * carry_re[j] - ei * carry_im[j]);
                const double im = xi[j] - (er * carry_im[j] + ei * carry_re[j]);
                xr[j] = carry_re[j] = re;
                xi[j] = carry_im[j] = im;
            }
        }
    }

private:
    std::vector<double> inverse_re_, inverse_im_, coupling_re_, coupling_im_;
};

}  // namespace vitral::kernels
