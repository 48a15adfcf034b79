using Argent.Data;
using Argent.Kernels;
using Argent.Model;
using Argent.Publish;
using Argent.Serving;
using Argent.Tensors;
using Argent.Training;

// snippet: register
OverArchKinds.Register("crossed", (shape, weights) => new Crossed(shape, weights));
// end of snippet

// snippet: train
string folder = args[0], data = Path.Combine(folder, "data"), models = Path.Combine(folder, "models");
DatasetGenerator.WriteFolder(data, new GeneratorOptions { Items = 500, Users = 2000 }, Progress.None);
var dataset = DatasetReader.Read(data, new DatasetOptions(), Progress.None);
var split = DatasetSplitter.Split(dataset);
var kernels = CpuKernels.Create();
var towers = new TrainOptions { Out = Path.Combine(folder, "trained"), Dim = 16, Epochs = 3 };
Trainer.Train(dataset, split, towers, kernels, Progress.None);
var options = new OverArchOptions { Kind = "crossed", Candidates = 100, Epochs = 5 };
var learned = OverArchTrainer.Train(dataset, split, towers, options, kernels, Progress.None);
Console.WriteLine($"{learned.Weights} weights, loss {learned.Epochs[0].Loss:0.000} to {learned.Epochs[^1].Loss:0.000}");
// end of snippet

// snippet: serve
using (var trained = TrainedModel.Load(towers.Out))
{
    Publisher.Publish(PublishSource.FromTrained(trained, dataset.Items), new PublishOptions(), models, kernels, Progress.None);
}
await using var predictor = new Predictor(Snapshot.Load(Artifact.Open(Artifact.Resolve(models))), kernels);
var response = await predictor.RetrieveAsync(new RetrievalRequest { User = UserInputs.Of(dataset, split.Train, 0), K = 5 });
foreach (var item in response.Items) Console.WriteLine($"{item.Id} {item.Score:0.000} {item.Title}");
// end of snippet

// snippet: over-arch
sealed class Crossed(OverArchShape shape, OverArchWeights weights) : OverArch(weights)
{
    readonly ScorerLayer _user = weights.Dense("user", shape.Heads * shape.Dim, shape.Dim);
    readonly ScorerLayer _output = weights.Dense("output", shape.Dim + shape.Features, shape.Tasks, 0.1f);

    public override Tensor<float> Forward(in CandidateBatch batch, in ForwardPass pass)
    {
        var heads = batch.Queries.Reshape(new Shape(batch.Requests, batch.Queries.Count / batch.Requests));
        var users = _user.Forward(heads, Activation.None, pass);
        var own = pass.Scratch.Rent<float>(batch.Items.Shape);
        pass.Kernels.GatherRows(new GatherRowsArgs { Table = users, Indices = batch.Request, Rows = own });
        var crossed = pass.Scratch.Rent<float>(batch.Items.Shape);
        pass.Kernels.Elementwise(new ElementwiseArgs { Op = ElementwiseOp.Multiply, Left = own, Right = batch.Items, Output = crossed });
        var all = pass.Scratch.Rent<float>(new Shape(batch.Count, crossed.Shape[1] + batch.Features.Shape[1]));
        pass.Kernels.ConcatColumns(new ConcatColumnsArgs { Left = crossed, Right = batch.Features, Output = all });
        return _output.Forward(all, Activation.None, pass);
    }
}
// end of snippet
