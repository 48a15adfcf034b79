using Argent.Tensors;

namespace Argent.Model;

/// <summary>A named part of a model: it owns tensors and children, and nothing else.</summary>
public abstract class Module
{
    /// <summary>Parts of this part, by name.</summary>
    public virtual IEnumerable<(string Name, Module Child)> Children => [];

    /// <summary>Tensors of this part itself, by name.</summary>
    public virtual IEnumerable<(string Name, AnyTensor Tensor)> Tensors => [];

    /// <summary>Tensors of this part and all below it, by path: <c>user_tower.heads.weight</c>.</summary>
    public IEnumerable<(string Path, AnyTensor Tensor)> AllTensors(string path) =>
        Tensors.Select(t => (path + "." + t.Name, t.Tensor))
            .Concat(Children.SelectMany(c => c.Child.AllTensors(path + "." + c.Name)));
}
