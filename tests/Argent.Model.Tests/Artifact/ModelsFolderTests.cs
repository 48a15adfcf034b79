namespace Argent.Model.Tests;

public sealed class ModelsFolderTests : IDisposable
{
    readonly TemporaryFolder _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void An_artifact_a_model_and_a_folder_of_one_model_all_lead_to_the_artifact()
    {
        string folder = SampleArtifact.Write(_models.Path);
        Assert.Equal(folder, Artifact.Resolve(folder));
        Assert.Equal(folder, Artifact.Resolve(_models["books"]));
        Assert.Equal(folder, Artifact.Resolve(_models.Path));
    }

    [Fact]
    public void The_version_written_last_is_the_newest_even_when_it_was_there_before()
    {
        string first = SampleArtifact.Write(_models.Path);
        string second = SampleArtifact.Write(_models.Path, fill: 2);
        Assert.Equal(second, Artifact.Resolve(_models.Path));
        SampleArtifact.Write(_models.Path);
        Assert.Equal(first, Artifact.Resolve(_models.Path));
    }

    [Fact]
    public void Without_a_pointer_the_latest_write_time_decides()
    {
        string first = SampleArtifact.Write(_models.Path);
        string second = SampleArtifact.Write(_models.Path, fill: 2);
        File.Delete(Path.Combine(_models["books"], ModelsFolder.CurrentFile));
        File.SetLastWriteTimeUtc(Path.Combine(first, Manifest.FileName), DateTime.UtcNow.AddHours(1));
        Assert.Equal(first, Artifact.Resolve(_models.Path));
        File.SetLastWriteTimeUtc(Path.Combine(second, Manifest.FileName), DateTime.UtcNow.AddHours(2));
        Assert.Equal(second, Artifact.Resolve(_models.Path));
    }

    [Fact]
    public void A_pointer_to_nothing_or_out_of_the_folder_is_not_followed()
    {
        string folder = SampleArtifact.Write(_models.Path);
        foreach (string wrong in new[] { "", "gone", "../books", ".", "..", "/" })
        {
            File.WriteAllText(Path.Combine(_models["books"], ModelsFolder.CurrentFile), wrong);
            Assert.Equal(folder, Artifact.Resolve(_models["books"]));
        }
    }

    [Fact]
    public void Several_models_are_an_error_that_lists_them()
    {
        SampleArtifact.Write(_models.Path, "movies");
        SampleArtifact.Write(_models.Path, "books");
        string message = Assert.Throws<InvalidDataException>(() => Artifact.Resolve(_models.Path)).Message;
        Assert.Contains("books, movies", message);
    }

    [Fact]
    public void No_model_and_no_folder_are_errors_that_say_so()
    {
        Assert.Contains("neither", Assert.Throws<InvalidDataException>(() => Artifact.Resolve(_models.Path)).Message);
        Assert.Contains("no folder", Assert.Throws<InvalidDataException>(() => Artifact.Resolve(_models["none"])).Message);
    }

    [Fact]
    public void Unfinished_work_is_not_a_version()
    {
        string folder = SampleArtifact.Write(_models.Path);
        File.Delete(Path.Combine(_models["books"], ModelsFolder.CurrentFile));
        Directory.Move(folder, Path.Combine(_models["books"], ".partial-1"));
        Assert.Throws<InvalidDataException>(() => Artifact.Resolve(_models.Path));
    }
}
