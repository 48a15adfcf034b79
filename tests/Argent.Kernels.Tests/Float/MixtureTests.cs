using Argent.Tensors;

namespace Argent.Kernels.Tests;

public sealed class MixtureTests
{
    /// <summary>Candidates, requests, user components, item components, numbers of a component, tasks.</summary>
    public static TheoryData<int, int, int, int, int, int> Extents() => new()
    {
        { 0, 1, 8, 8, 16, 1 },
        { 1, 1, 1, 1, 1, 1 },
        { 1, 3, 8, 8, 64, 2 },
        { 7, 2, 3, 5, 7, 3 },
        { 65, 5, 9, 4, 33, 1 },
        { 127, 4, 16, 2, 8, 2 },
        { 300, 3, 8, 8, 65, 1 },
        { 64, 64, 4, 3, 0, 1 },
    };

    [Fact]
    public void Component_dots_equal_float64_within_the_error_of_a_float32_sum()
    {
        foreach (var row in Extents())
        {
            var (count, requests, p, q, dim, tasks) = row.Data;
            var dots = Dots(row.Data, default);
            FloatCase.Check(
                $"ComponentDots {row.Data}",
                new(count, p * q),
                (kernels, output) => kernels.ComponentDots(dots with { Dots = output }),
                i =>
                {
                    long c = i / (p * q), item = i % (p * q) / p, user = i % p, step = dots.Items.Shape[1];
                    double sum = 0, size = 0;
                    for (int d = 0; d < dim; d++)
                    {
                        double product = (double)dots.Items[(c * step) + (item * dim) + d]
                            * dots.Users[(((dots.Request[c] * p) + user) * dim) + d];
                        (sum, size) = (sum + product, size + Math.Abs(product));
                    }
                    return (sum, (dim + 1) * Math.Pow(2, -24) * size);
                });
        }
    }

    [Fact]
    public void Mixed_logits_equal_float64_within_the_tolerance_with_and_without_dropout()
    {
        foreach (var row in Extents())
        {
            foreach (bool drops in new[] { false, true })
            {
                var (count, requests, p, q, dim, tasks) = row.Data;
                var mix = Mix(row.Data, drops, default);
                FloatCase.Check(
                    $"MixLogits {row.Data} {(drops ? "with" : "without")} dropout",
                    new(count, tasks),
                    (kernels, output) => kernels.MixLogits(mix with { Values = output }),
                    i => Mixed(mix, i / tasks, i % tasks, tasks));
            }
        }
    }

    [Fact]
    public void A_candidate_does_not_depend_on_its_batch_mates()
    {
        using var workers = new Workers(2);
        var e = (200, 3, 8, 8, 20, 2);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var (dots, values) = (new Poisoned(new(200, 64)), new Poisoned(new(200, 2)));
            var args = Dots(e, dots.Tensor);
            kernels.ComponentDots(args);
            var mix = Mix(e, false, values.Tensor);
            kernels.MixLogits(mix);
            foreach (var (first, count) in new[] { (0, 1), (199, 1), (3, 5), (50, 90) })
            {
                var (someDots, someValues) = (new Poisoned(new(count, 64)), new Poisoned(new(count, 2)));
                var request = Tensor.From<int>([.. args.Request.Span.Slice(first, count)]);
                kernels.ComponentDots(args with { Items = args.Items.Rows(first, count), Request = request, Dots = someDots.Tensor });
                kernels.MixLogits(mix with
                {
                    Logits = mix.Logits.Rows(first, count),
                    Items = mix.Items.Rows(first, count),
                    PairGates = mix.PairGates.Rows(first, count),
                    Request = request,
                    Values = someValues.Tensor,
                });
                string label = $"{kernels.Variant} {first}+{count}";
                FloatCase.AssertEqualBits(dots.Tensor.Rows(first, count).ToArray(), someDots.Read(), label);
                FloatCase.AssertEqualBits(values.Tensor.Rows(first, count).ToArray(), someValues.Read(), label);
            }
        }
    }

    [Fact]
    public void Gradients_of_component_dots_equal_differences()
    {
        foreach (var row in Extents())
        {
            var (count, _, p, q, _, _) = row.Data;
            var args = Dots(row.Data, Tensor.Zeros<float>(new(count, p * q)));
            new GradientCheck
            {
                What = $"ComponentDots {row.Data}",
                Inputs = [args.Users, args.Items],
                Output = args.Dots,
                Forward = kernels => kernels.ComponentDots(args),
                Backward = (kernels, gradients) => kernels.ComponentDots(args, gradients),
            }.Run();
        }
    }

    [Fact]
    public void Gradients_of_mixed_logits_equal_differences_with_and_without_dropout()
    {
        foreach (var row in Extents())
        {
            foreach (bool drops in new[] { false, true })
            {
                var (count, _, _, _, _, tasks) = row.Data;
                var args = Mix(row.Data, drops, Tensor.Zeros<float>(new(count, tasks)));
                new GradientCheck
                {
                    What = $"MixLogits {row.Data} {drops}",
                    Inputs = [args.Logits, args.UserGates, args.Items, args.PairGates],
                    Output = args.Values,
                    Forward = kernels => kernels.MixLogits(args),
                    Backward = (kernels, gradients) => kernels.MixLogits(args, gradients),
                }.Run();
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_its_shapes()
    {
        using var workers = new Workers(1);
        foreach (var kernels in CpuKernels.All(workers))
        {
            var e = (4, 2, 3, 2, 5, 1);
            var dots = Dots(e, Tensor.Zeros<float>(new(4, 6)));
            var error = Assert.Throws<ArgumentException>(() => kernels.ComponentDots(dots with { UserComponents = 4 }));
            Assert.Contains("[2, 15]", error.Message, StringComparison.Ordinal);
            dots.Request[1] = 2;
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.ComponentDots(dots));
            var mix = Mix(e, false, Tensor.Zeros<float>(new(4, 1)));
            error = Assert.Throws<ArgumentException>(() => kernels.MixLogits(mix with { ItemColumn = 5 }));
            Assert.Contains("[4, 10]", error.Message, StringComparison.Ordinal);
            mix.Request[1] = -1;
            Assert.Throws<ArgumentOutOfRangeException>(() => kernels.MixLogits(mix));
        }
    }

    internal static ComponentDotsArgs Dots((int Count, int Requests, int P, int Q, int Dim, int Tasks) e, Tensor<float> output) => new()
    {
        Users = FloatCase.Random(new(e.Requests, e.P * e.Dim), 1),
        Items = FloatCase.Random(new(e.Count, (e.Q * e.Dim) + 3), 2),
        Request = Requests(e.Count, e.Requests),
        UserComponents = e.P,
        ItemComponents = e.Q,
        Dots = output,
    };

    /// <summary>The item's gates begin at column 4, so Items has 4 columns more than there are gates.</summary>
    internal static MixLogitsArgs Mix((int Count, int Requests, int P, int Q, int Dim, int Tasks) e, bool drops, Tensor<float> output)
    {
        int gates = e.P * e.Q * e.Tasks;
        var keep = FloatCase.Random(new(e.Count, gates), 7);
        foreach (ref float x in keep.Span) x = x < -0.5f ? 0 : 1 / 0.75f;
        return new()
        {
            Logits = FloatCase.Random(new(e.Count, e.P * e.Q), 3),
            UserGates = FloatCase.Random(new(e.Requests, gates), 4, 2),
            Request = Requests(e.Count, e.Requests),
            Items = FloatCase.Random(new(e.Count, gates + 4), 5, 2),
            ItemColumn = 4,
            PairGates = FloatCase.Random(new(e.Count, gates), 6, 2),
            Keep = drops ? keep : default,
            Scale = 1.5f,
            Values = output,
        };
    }

    static Tensor<int> Requests(int count, int requests)
    {
        var request = Tensor.Zeros<int>(new(count));
        for (int c = 0; c < count; c++) request[c] = (c / 3 * 7 % requests);
        return request;
    }

    static (double Value, double Tolerance) Mixed(MixLogitsArgs a, long c, long t, int tasks)
    {
        long count = a.Logits.Shape[1], width = count * tasks;
        double sum = 0, mixed = 0, size = 0, low = double.MaxValue, high = double.MinValue;
        for (long l = 0; l < count; l++)
        {
            long column = (t * count) + l;
            double gate = (double)a.UserGates[(a.Request[c] * width) + column] + a.PairGates[(c * width) + column]
                + a.Items[(c * a.Items.Shape[1]) + a.ItemColumn + column];
            double keep = a.Keep.IsPresent ? a.Keep[(c * width) + column] : 1;
            (low, high) = (Math.Min(low, gate), Math.Max(high, gate));
            sum += Math.Exp(gate);
            mixed += Math.Exp(gate) * keep * a.Logits[(c * count) + l];
            size = Math.Max(size, Math.Abs(keep * a.Logits[(c * count) + l]));
        }
        return (a.Scale * mixed / sum, (2e-6 + (Math.Pow(2, -23) * (high - low + count))) * a.Scale * size);
    }
}
