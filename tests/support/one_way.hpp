#pragma once
#include <Eigen/Eigenvalues>
#include <cmath>
#include <vector>

#include "core/constants.hpp"
#include "core/field.hpp"
#include "core/index_map.hpp"
#include "core/inner_product.hpp"
#include "solver/kernels/sine_transform.hpp"

namespace vitral::tests {

/// The yardstick: light that goes forward by the true operator, dψ/dz = i [sqrt(k² + T + U) - k] ψ, T spectral between hard
/// walls, the square root's exponential by Lanczos over a stride. Slow, and exact to rounding once the Krylov space is
/// large enough (22 products for a stride of 5 µm on a window of 96 µm): waves with k² + T + U < 0 decay.
class OneWay {
public:
    OneWay(const Grid& grid, double wavelength, double n_ref, int products = 30)
        : grid_(grid),
          k_(2.0 * pi * n_ref / wavelength),
          k0_(2.0 * pi / wavelength),
          products_(products),
          sines_(grid.x.count, grid.y.count),
          re_(grid.size()),
          im_(grid.size()) {}

    /// ψ over a stride through a section that stays the same.
    void stride(Field<Complex>& psi, const IndexMap& n, double dz) {
        const double norm = std::sqrt(power(psi));
        std::vector<Field<Complex>> basis{psi};
        for (Complex& v : basis[0].values) v /= norm;
        std::vector<double> diagonal, beside;
        for (int j = 0; j < products_; ++j) {
            Field<Complex> next = helmholtz(basis.back(), n);
            diagonal.push_back(inner_product(basis.back(), next).real());
            for (const Field<Complex>& b : basis) {  // against all: rounding leaves them orthogonal
                const Complex c = inner_product(b, next);
                for (std::size_t i = 0; i < next.values.size(); ++i) next.values[i] -= c * b.values[i];
            }
            beside.push_back(std::sqrt(power(next)));
            for (Complex& v : next.values) v /= beside.back();
            basis.push_back(std::move(next));
        }
        const auto m = static_cast<Eigen::Index>(products_);
        Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(m, m);
        for (Eigen::Index i = 0; i < m; ++i) {
            matrix(i, i) = diagonal[static_cast<std::size_t>(i)];
            if (i + 1 < m) matrix(i, i + 1) = matrix(i + 1, i) = beside[static_cast<std::size_t>(i)];
        }
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(matrix);
        Eigen::VectorXcd small = Eigen::VectorXcd::Zero(m);
        for (Eigen::Index e = 0; e < m; ++e) {
            const Complex kz = std::sqrt(Complex(eigen.eigenvalues()(e)));
            small += std::exp(Complex(0.0, dz) * (kz - k_)) * eigen.eigenvectors()(0, e) * eigen.eigenvectors().col(e);
        }
        std::fill(psi.values.begin(), psi.values.end(), Complex());
        for (Eigen::Index j = 0; j < m; ++j)
            for (std::size_t i = 0; i < psi.values.size(); ++i)
                psi.values[i] += norm * small(j) * basis[static_cast<std::size_t>(j)].values[i];
    }

private:
    /// (T + k0² n²) ψ.
    Field<Complex> helmholtz(const Field<Complex>& psi, const IndexMap& n) {
        for (std::size_t i = 0; i < re_.size(); ++i) re_[i] = psi.values[i].real(), im_[i] = psi.values[i].imag();
        for (std::vector<double>* part : {&re_, &im_}) {
            sines_.forward(std::span(*part));
            for (int iy = 0; iy < grid_.y.count; ++iy)
                for (int ix = 0; ix < grid_.x.count; ++ix) {
                    const double qx = pi * (ix + 1) / grid_.x.length(),
                                 qy = grid_.is_slab() ? 0.0 : pi * (iy + 1) / grid_.y.length();
                    (*part)[grid_.index(ix, iy)] *= -(qx * qx + qy * qy) / sines_.scale();
                }
            sines_.backward(std::span(*part));
        }
        Field<Complex> out(grid_);
        for (std::size_t i = 0; i < re_.size(); ++i)
            out.values[i] = Complex(re_[i], im_[i]) + k0_ * k0_ * n.values[i] * n.values[i] * psi.values[i];
        return out;
    }

    Grid grid_;
    double k_, k0_;
    int products_;
    kernels::SineTransform sines_;
    std::vector<double> re_, im_;
};

}  // namespace vitral::tests
