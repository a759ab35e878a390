#pragma once
#include <span>
#include <vector>

#include "core/convergence.hpp"

namespace vitral::kernels {

/// A five-point matrix on an nx × ny mesh, x fastest. Couplings that would leave the mesh are zero. The solvers below
/// take it in conservative form: row a, column b holds minus the flux from b to a per unit of the unknown in b, so that
/// the sum of a column is what a cell keeps or loses through the outer boundary.
struct FivePointMatrix {
    int nx = 0, ny = 0;
    std::vector<double> center, west, east, south, north;
    FivePointMatrix() = default;
    FivePointMatrix(int nx_, int ny_);
};

/// y = A x.
void multiply(const FivePointMatrix& A, std::span<const double> x, std::span<double> y);

/// One V-cycle of a multigrid method for five-point M-matrices, as a preconditioner: rows are relaxed one after the
/// other and columns side by side, each line solved exactly (so that graded meshes of any aspect ratio converge), cells are
/// joined in pairs along both axes, coarse fluxes are those of resistors in series along a line of cells and parallel
/// across it, corrections are interpolated linearly. Symmetric where A is. P. Wesseling, An Introduction to Multigrid
/// Methods (1992), ch. 7. The cycle runs in single precision, which halves what it moves and costs no digit of the
/// outer iteration. Work: about 45 operations a cell and cycle.
class Multigrid {
public:
    Multigrid(int nx, int ny);
    /// Copies what it needs of the matrix.
    void factor(const FivePointMatrix& A);
    /// z = V-cycle(r).
    void apply(std::span<const double> r, std::span<double> z);

private:
    using Padded = std::vector<float>;  // one row of zeros before and behind, so that no loop asks about borders
    struct Level {
        int nx, ny;
        FivePointMatrix matrix;  // of the coarse levels, in double precision while the hierarchy is built
        std::vector<float> center, west, east, south, north;
        std::vector<float> row_pivot, column_pivot;  // of the tridiagonal factorisations of all rows and columns
        Padded r, z, residual, work;
    };
    enum class Start { from_zero, from_present };
    enum class Order { upwards, downwards };
    static void prepare(Level& level, const FivePointMatrix& A);
    static void relax_columns(const Level& level, const Padded& r, Padded& z, Padded& work, Start start);
    static void relax_rows(const Level& level, const Padded& r, Padded& z, Order order);
    static void residual(const Level& level, const Padded& r, const Padded& z, Padded& out);
    static void coarsen(const FivePointMatrix& A, Level& coarse);
    void cycle(std::size_t which);
    std::vector<Level> levels_;
};

/// Krylov solvers for five-point M-matrices, preconditioned by one V-cycle. Systems of several coupled fields are
/// blocks of such matrices, block (i, j) at i · fields + j, and vectors hold one field after the other; their
/// preconditioner is the block triangle of V-cycles on the diagonal. A solve does not allocate.
class FivePointSolver {
public:
    FivePointSolver(int nx, int ny, int fields = 1);
    /// Take the matrices by reference until the next factor().
    void factor(const FivePointMatrix& A);
    void factor(const std::vector<FivePointMatrix>& blocks);
    /// Conjugate gradients, for one symmetric positive definite matrix. Starts from x; stops when |b - A x| <=
    /// tolerance scale_i in every cell.
    ConvergenceReport solve_symmetric(std::span<const double> b, std::span<double> x, double tolerance,
                                      std::span<const double> scale, int max_iterations);
    /// BiCGSTAB (van der Vorst, SIAM J. Sci. Stat. Comput. 13, 631 (1992)), for any A. Stops when |b - A x| <=
    /// tolerance scale_i in every cell.
    ConvergenceReport solve(std::span<const double> b, std::span<double> x, double tolerance,
                            std::span<const double> scale, int max_iterations);
    /// b - A x of the last solve.
    [[nodiscard]] std::span<const double> residual() const noexcept { return r_; }

private:
    void multiply_blocks(std::span<const double> x, std::span<double> y);
    void precondition(const std::vector<double>& r, std::vector<double>& z);
    std::size_t size_, fields_;
    std::vector<const FivePointMatrix*> A_;
    std::vector<Multigrid> cycles_;
    std::vector<double> r_, r0_, p_, p_hat_, v_, s_hat_, t_, work_, rest_;
};

}  // namespace vitral::kernels
