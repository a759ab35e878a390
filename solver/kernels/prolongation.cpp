#include "solver/kernels/prolongation.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <stdexcept>

namespace vitral::kernels {
namespace {

/// From the functions of a coarse element to those of a fine one inside it: fine x coarse, row by row.
struct Transfer {
    int element = 0;  ///< the coarse one
    std::vector<double> continuous, broken;
};

Transfer transfer_to(const PiecewisePolynomials& coarse, const PiecewisePolynomials& fine, int e) {
    Transfer t;
    t.element = coarse.element_at(fine.place(e, 0.0));
    const int pc = coarse.degree(), pf = fine.degree();
    const double begin = coarse.breaks()[static_cast<std::size_t>(t.element)], length = coarse.length(t.element),
                 ratio = fine.length(e) / length;
    const auto in_coarse = [&](double xi) { return 2.0 * (fine.place(e, xi) - begin) / length - 1.0; };
    const auto nc = static_cast<std::size_t>(pc) + 1, nf = static_cast<std::size_t>(pf) + 1;
    t.continuous.assign(nf * nc, 0.0);
    t.broken.assign((nf - 1) * (nc - 1), 0.0);
    if (const double middle = fine.place(e, 0.0); middle < coarse.lower() || middle > coarse.upper())
        return t;  // nothing is known there
    // Broken: projection, exact by quadrature. ω = table/√h, so that the element lengths leave √ratio.
    const GaussRule rule = gauss_legendre(pf + 1);
    std::vector<double> own(nf), theirs(nc), ends(nc);
    for (std::size_t q = 0; q < rule.point.size(); ++q) {
        PiecewisePolynomials::broken_at(rule.point[q], pf, own.data());
        PiecewisePolynomials::broken_at(in_coarse(rule.point[q]), pc, theirs.data());
        for (std::size_t a = 0; a + 1 < nf; ++a)
            for (std::size_t b = 0; b + 1 < nc; ++b)
                t.broken[a * (nc - 1) + b] += 0.5 * rule.weight[q] * std::sqrt(ratio) * own[a] * theirs[b];
    }
    // Continuous: the ends by value; inside by the slope, since dφ_k is √(2/h) ω_k-1.
    for (const int side : {0, 1}) {
        PiecewisePolynomials::continuous_at(in_coarse(side == 0 ? -1.0 : 1.0), pc, ends.data());
        for (std::size_t k = 0; k < nc; ++k) t.continuous[static_cast<std::size_t>(side) * nc + k] = ends[k];
    }
    for (std::size_t j = 2; j < nf; ++j)
        for (std::size_t k = 0; k < nc; ++k) {
            const std::size_t b = k < 2 ? 0 : k - 1;
            t.continuous[j * nc + k] = t.broken[(j - 1) * (nc - 1) + b] *
                                       coarse.derivative(t.element, static_cast<int>(b), static_cast<int>(k)) /
                                       std::sqrt(2.0 / fine.length(e));
        }
    return t;
}

}  // namespace

template <typename T>
std::vector<T> prolongate(const TensorElements& coarse, std::span<const T> unknowns, const TensorElements& fine) {
    if (coarse.fields().size() != fine.fields().size() || coarse.x().degree() > fine.x().degree() ||
        coarse.y().degree() > fine.y().degree())
        throw std::invalid_argument("prolongation goes from coarse to fine of the same fields");
    std::vector<Transfer> in_x, in_y;
    for (int e = 0; e < fine.nx(); ++e) in_x.push_back(transfer_to(coarse.x(), fine.x(), e));
    for (int e = 0; e < fine.ny(); ++e) in_y.push_back(transfer_to(coarse.y(), fine.y(), e));
    std::vector<T> result(static_cast<std::size_t>(fine.size()), T(0.0));
    std::vector<T> line;
    for (int ex = 0; ex < fine.nx(); ++ex)
        for (int ey = 0; ey < fine.ny(); ++ey) {
            const Transfer &tx = in_x[static_cast<std::size_t>(ex)], &ty = in_y[static_cast<std::size_t>(ey)];
            for (int f = 0; f < static_cast<int>(fine.fields().size()); ++f) {
                const TensorField& field = fine.fields()[static_cast<std::size_t>(f)];
                const bool cx = field.x == Space::continuous, cy = field.y == Space::continuous;
                const int nx = coarse.x().degree() + (cx ? 1 : 0), ny = coarse.y().degree() + (cy ? 1 : 0),
                          mx = fine.x().degree() + (cx ? 1 : 0), my = fine.y().degree() + (cy ? 1 : 0);
                const std::vector<double>&u = cx ? tx.continuous : tx.broken, &v = cy ? ty.continuous : ty.broken;
                line.assign(static_cast<std::size_t>(nx * my), T(0.0));
                for (int i = 0; i < nx; ++i)
                    for (int j = 0; j < ny; ++j) {
                        const int g = coarse.global(tx.element, ty.element, coarse.local_begin(f) + i * ny + j);
                        if (g < 0) continue;
                        const T c = unknowns[static_cast<std::size_t>(g)];
                        for (int l = 0; l < my; ++l)
                            line[static_cast<std::size_t>(i * my + l)] += c * v[static_cast<std::size_t>(l * ny + j)];
                    }
                for (int k = 0; k < mx; ++k)
                    for (int l = 0; l < my; ++l) {
                        const int g = fine.global(ex, ey, fine.local_begin(f) + k * my + l);
                        if (g < 0) continue;
                        T sum(0.0);
                        for (int i = 0; i < nx; ++i)
                            sum += u[static_cast<std::size_t>(k * nx + i)] * line[static_cast<std::size_t>(i * my + l)];
                        result[static_cast<std::size_t>(g)] = sum;
                    }
            }
        }
    return result;
}

template std::vector<double> prolongate<double>(const TensorElements&, std::span<const double>, const TensorElements&);
template std::vector<std::complex<double>> prolongate<std::complex<double>>(const TensorElements&,
                                                                            std::span<const std::complex<double>>,
                                                                            const TensorElements&);

}  // namespace vitral::kernels
