using System.CommandLine;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Tests.Hosting;

public sealed class StoreArgumentsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Without_a_server_the_store_is_a_directory()
    {
        StoreOptions store = Read("--data", "somewhere");
        Assert.Null(store.Servers);
        Assert.Equal("somewhere", store.Place);
    }

    [Fact]
    public void Servers_are_several_addresses_with_user_and_password()
    {
        StoreOptions store = Read("--clickhouse", "https://a:8443, https://b:8443", "--clickhouse-user", "ingest", "--clickhouse-password-file", FileOf("s3cret\n"));
        Assert.Equal(["https://a:8443/", "https://b:8443/"], store.Servers!.Endpoints.Select(e => e.AbsoluteUri));
        Assert.Equal(("ingest", "s3cret"), (store.Servers.UserName, store.Servers.Password));
    }

    [Fact]
    public void Token_stands_in_place_of_user_and_password()
    {
        Assert.Equal("t0ken", Read("--clickhouse", "http://a:8123", "--clickhouse-token-file", FileOf("t0ken")).Servers!.Token);
        Refused("--clickhouse", "a token or user and password", "--clickhouse", "http://a:8123", "--clickhouse-token-file", FileOf("t0ken"), "--clickhouse-user", "ingest");
    }

    [Theory]
    [InlineData("ftp://a:21")]
    [InlineData("a:8123")]
    [InlineData("http://a:8123,")]
    public void Address_that_is_not_http_is_refused(string address) => Refused("--clickhouse", "allowed is http://HOST:PORT", "--clickhouse", address);

    [Fact]
    public void Password_in_the_address_is_refused() => Refused("--clickhouse", "user and password apart", "--clickhouse", "http://ingest:secret@a:8123");

    [Fact]
    public void User_without_a_server_is_refused() => Refused("--clickhouse-user", "together with --clickhouse only", "--clickhouse-user", "ingest");

    [Fact]
    public void Missing_password_file_is_named() =>
        Refused("--clickhouse-password-file", "a file that can be read", "--clickhouse", "http://a:8123", "--clickhouse-password-file", Path.Combine(_directory, "absent"));

    private static void Refused(string key, string allowed, params string[] arguments)
    {
        OptionException refused = Assert.Throws<OptionException>(() => Read(arguments));
        Assert.Equal(key, refused.Key);
        Assert.Contains(allowed, refused.Message, StringComparison.Ordinal);
    }

    private static StoreOptions Read(params string[] arguments)
    {
        StoreArguments store = new();
        Command command = new("serve");
        store.AddTo(command);
        return store.Read(command.Parse(arguments));
    }

    private string FileOf(string content)
    {
        string path = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, content);
        return path;
    }
}
