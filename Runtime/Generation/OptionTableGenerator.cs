using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Rtd.Generation;

/// <summary>
/// Writes what CommandLineParser finds out by reflection each time a program starts: for each class with properties that carry its [Option], the table
/// of its options and how a value gets into its property. Reading attributes and binding by them took nearly half of a short command of the client.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class OptionTableGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<(string Name, string Source)> tables = context.SyntaxProvider
            .CreateSyntaxProvider((node, _) => HasOptions(node), (found, cancellation) => Table(found.SemanticModel.GetDeclaredSymbol(found.Node, cancellation)))
            .Where(table => table.Source.Length > 0);
        context.RegisterSourceOutput(tables, (output, table) => output.AddSource(table.Name, SourceText.From(table.Source, Encoding.UTF8)));
    }

    private static bool HasOptions(SyntaxNode node) =>
        node is ClassDeclarationSyntax declared && declared.Members.OfType<PropertyDeclarationSyntax>().Any(property => property.AttributeLists.Count > 0);

    private static (string Name, string Source) Table(ISymbol? symbol)
    {
        if (symbol is not INamedTypeSymbol type)
        {
            return ("", "");
        }

        List<OptionSource> options = [];
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (OptionSource.Read(property) is { } option)
            {
                options.Add(option);
            }
        }

        return options.Count == 0 ? ("", "") : ($"{type.ToDisplayString()}.g.cs", OptionTableSource.Write(type, options));
    }
}
