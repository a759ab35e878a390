#include "modes/elements/solved_fields.hpp"

namespace vitral::modes {
namespace {

/// Derivatives at Gauss points of the polynomial through the values there, [i][j] = L_j'(x_i) on [-1, 1].
std::vector<std::vector<double>> differentiation(const kernels::GaussRule& rule) {
    const std::size_t n = rule.point.size();
    std::vector<double> c(n, 1.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (j != i) c[i] *= rule.point[i] - rule.point[j];
    std::vector<std::vector<double>> d(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (j != i) {
                d[i][j] = c[i] / (c[j] * (rule.point[i] - rule.point[j]));
                d[i][i] -= d[i][j];
            }
    return d;
}

}  // namespace

SolvedFields::SolvedFields(const SectionMode& mode) : on_(mode.on) {
    const auto line = [](const kernels::PiecewisePolynomials& p, std::vector<double>& place,
                         std::vector<double>& weight) {
        const kernels::GaussRule rule = element_rule(p.degree());
        for (int e = 0; e < p.elements(); ++e)
            for (std::size_t i = 0; i < rule.point.size(); ++i) {
                place.push_back(p.place(e, rule.point[i]));
                weight.push_back(0.5 * p.length(e) * rule.weight[i]);
            }
    };
    line(problem().x, x, weight_x);
    line(problem().y, y, weight_y);
    f = mode.fields(x, y);
}

std::vector<Complex> SolvedFields::slope(const std::vector<Complex>& values, Direction along) const {
    const kernels::PiecewisePolynomials& p = along == Direction::x ? problem().x : problem().y;
    const kernels::GaussRule rule = element_rule(p.degree());
    const auto d = differentiation(rule);
    const std::size_t n = rule.point.size(), stride = along == Direction::x ? 1 : x.size(),
                      lines = along == Direction::x ? y.size() : x.size(),
                      between = along == Direction::x ? x.size() : 1;
    std::vector<Complex> result(values.size());
    for (std::size_t l = 0; l < lines; ++l)
        for (int e = 0; e < p.elements(); ++e) {
            const std::size_t begin = l * between + static_cast<std::size_t>(e) * n * stride;
            for (std::size_t i = 0; i < n; ++i) {
                Complex sum = 0.0;
                for (std::size_t j = 0; j < n; ++j) sum += d[i][j] * values[begin + j * stride];
                result[begin + i * stride] = 2.0 / p.length(e) * sum;
            }
        }
    return result;
}

}  // namespace vitral::modes
