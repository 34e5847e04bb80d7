using System.Text;

namespace Rtd.Client.Templates;

/// <summary>Runs a parsed template on one value.</summary>
internal sealed class TemplateExecutor(string source)
{
    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [];

    private enum Flow
    {
        Go,
        Break,
        Continue,
    }

    public string Run(List<Node> nodes, object? value)
    {
        _variables.Add(("$", value));
        Walk(nodes, value);
        return _output.ToString();
    }

    private Flow Walk(List<Node> nodes, object? dot)
    {
        foreach (Node node in nodes)
        {
            Flow flow = WalkOne(node, dot);
            if (flow != Flow.Go)
            {
                return flow;
            }
        }

        return Flow.Go;
    }

    private Flow WalkOne(Node node, object? dot)
    {
        switch (node)
        {
            case TextNode text:
                _output.Append(text.Text);
                return Flow.Go;
            case ActionNode action:
                Act(action, dot);
                return Flow.Go;
            case LoopNode loop:
                return loop.IsBreak ? Flow.Break : Flow.Continue;
            default:
                return Branch((BranchNode)node, dot);
        }
    }

    private void Act(ActionNode action, object? dot)
    {
        object? value = Evaluate(action.Pipeline, dot);
        if (action.Pipeline.Variables.Count > 0)
        {
            return;
        }

        if (value is null)
        {
            _output.Append("<no value>");
        }
        else
        {
            GoPrint.Value(_output, value);
        }
    }

    private Flow Branch(BranchNode branch, object? dot)
    {
        int scope = _variables.Count;
        object? value = Evaluate(branch.Pipeline, dot);
        Flow flow = branch.Kind switch
        {
            BranchKind.Range => Range(branch, value, dot),
            _ when TemplateFunctions.IsTrue(value) => Walk(branch.Body, branch.Kind == BranchKind.With ? value : dot),
            _ => Walk(branch.Otherwise, dot),
        };
        _variables.RemoveRange(scope, _variables.Count - scope);
        return flow;
    }

    private Flow Range(BranchNode branch, object? value, object? dot)
    {
        List<(object? Key, object? Value)> entries = Entries(branch, value);
        if (entries.Count == 0)
        {
            return Walk(branch.Otherwise, dot);
        }

        foreach ((object? key, object? item) in entries)
        {
            int scope = _variables.Count;
            SetLoopVariables(branch.Pipeline, key, item);
            Flow flow = Walk(branch.Body, item);
            _variables.RemoveRange(scope, _variables.Count - scope);
            if (flow == Flow.Break)
            {
                break;
            }
        }

        return Flow.Go;
    }

    private void SetLoopVariables(PipelineNode pipeline, object? key, object? item)
    {
        List<string> names = pipeline.Variables;
        if (names.Count == 2)
        {
            SetVariable(names[0], key, pipeline.Declares);
            SetVariable(names[1], item, pipeline.Declares);
        }
        else if (names.Count == 1)
        {
            SetVariable(names[0], item, pipeline.Declares);
        }
    }

    private List<(object? Key, object? Value)> Entries(BranchNode branch, object? value) => value switch
    {
        null => [],
        JsonView view => view.Entries(),
        IReadOnlyList<object?> list => [.. list.Select((item, position) => ((object?)(long)position, item))],
        long count => [.. Enumerable.Range(0, (int)Math.Clamp(count, 0, int.MaxValue)).Select(position => ((object?)(long)position, (object?)(long)position))],
        _ => throw Error(branch.Pipeline, branch.Pipeline.Source, $"range can't iterate over {GoPrint.Value(value)}"),
    };

    private void SetVariable(string name, object? value, bool declares)
    {
        if (declares)
        {
            _variables.Add((name, value));
            return;
        }

        int index = _variables.FindLastIndex(variable => variable.Name == name);
        _variables[index] = (name, value);
    }

    private object? Evaluate(PipelineNode pipeline, object? dot)
    {
        object? value = null;
        bool hasValue = false;
        foreach (CommandNode command in pipeline.Commands)
        {
            value = Evaluate(command, dot, value, hasValue);
            hasValue = true;
        }

        // A range's variables are set for each element, not for the whole.
        if (pipeline.Variables.Count == 1 && !IsRangeTarget(pipeline))
        {
            SetVariable(pipeline.Variables[0], value, pipeline.Declares);
        }

        return value;
    }

    private bool IsRangeTarget(PipelineNode pipeline) => source.AsSpan(0, pipeline.Position).TrimEnd().EndsWith("range");

    private object? Evaluate(CommandNode command, object? dot, object? final, bool hasFinal)
    {
        Node first = command.Operands[0];
        if (first is FunctionNode function)
        {
            return Call(command, function, dot, final, hasFinal);
        }

        bool hasArguments = command.Operands.Count > 1 || hasFinal;
        if (first is FieldNode field && field.Names.Length > 0)
        {
            return EvaluateField(field, dot, hasArguments ? Arguments(command, dot, final, hasFinal) : []);
        }

        if (hasArguments)
        {
            throw Error(first, first.Source, $"can't give argument to non-function {first.Source}");
        }

        return first is LiteralNode { Value: null } ? throw Error(first, "nil", "nil is not a command") : Evaluate(first, dot);
    }

    private object?[] Arguments(CommandNode command, object? dot, object? final, bool hasFinal)
    {
        List<object?> arguments = [];
        for (int i = 1; i < command.Operands.Count; i++)
        {
            arguments.Add(Evaluate(command.Operands[i], dot));
        }

        if (hasFinal)
        {
            arguments.Add(final);
        }

        return [.. arguments];
    }

    private object? Evaluate(Node node, object? dot) => node switch
    {
        LiteralNode literal => literal.Value,
        FieldNode field => EvaluateField(field, dot, []),
        PipelineNode pipeline => Evaluate(pipeline, dot),
        FunctionNode function => Call(new CommandNode(function.Position, [function]), function, dot, null, false),
        _ => throw Error(node, node.Source, "can't evaluate this"),
    };

    private object? EvaluateField(FieldNode field, object? dot, object?[] arguments)
    {
        object? value = field switch
        {
            { Target: { } target } => Evaluate(target, dot),
            { Variable: { } name } => _variables.FindLast(variable => variable.Name == name).Value,
            _ => dot,
        };
        for (int i = 0; i < field.Names.Length; i++)
        {
            bool isLast = i == field.Names.Length - 1;
            value = Member(field, value, field.Names[i], isLast ? arguments : []);
        }

        return value;
    }

    private object? Member(FieldNode node, object? value, string name, object?[] arguments)
    {
        object? member;
        switch (value)
        {
            case ITemplateObject item:
                return item.TryGet(name, arguments, out member) ? member : throw Error(node, node.Source, $"can't evaluate field {name} in type {item.TypeName}");
            case JsonView { IsObject: true } view:
                if (!view.TryGetField(name, out member))
                {
                    throw Error(node, node.Source, $"map has no entry for key {CommandLine.GoQuote.Quote(name)}");
                }

                return arguments.Length == 0 ? member : throw Error(node, node.Source, $"{name} is not a method but has arguments");
            case null or JsonView { IsNull: true }:
                throw Error(node, node.Source, $"nil pointer evaluating interface {{}}.{name}");
            default:
                throw Error(node, node.Source, $"can't evaluate field {name} in type interface {{}}");
        }
    }

    private object? Call(CommandNode command, FunctionNode function, object? dot, object? final, bool hasFinal)
    {
        if (function.Name is "and" or "or")
        {
            return Choose(command, function, dot, final, hasFinal);
        }

        object?[] arguments = Arguments(command, dot, final, hasFinal);
        try
        {
            return TemplateFunctions.Call(function.Name, arguments);
        }
        catch (WrongTypeException reason)
        {
            Node blamed = command.Operands.Count > 1 ? command.Operands[1] : command;
            throw Error(blamed, blamed.Source, reason.Message);
        }
        catch (WrongArgumentCountException reason)
        {
            throw Error(function, function.Name, reason.Message);
        }
        catch (ArgumentException reason)
        {
            throw Error(command, command.Source, $"error calling {function.Name}: {reason.Message}");
        }
    }

    /// <summary>"and" gives its first false argument, "or" its first true one, else the last; what follows is not evaluated.</summary>
    private object? Choose(CommandNode command, FunctionNode function, object? dot, object? final, bool hasFinal)
    {
        bool wanted = function.Name == "or";
        int count = command.Operands.Count - 1 + (hasFinal ? 1 : 0);
        if (count == 0)
        {
            throw Error(function, function.Name, $"wrong number of args for {function.Name}: want at least 1 got 0");
        }

        object? value = null;
        for (int i = 1; i <= count; i++)
        {
            value = i < command.Operands.Count ? Evaluate(command.Operands[i], dot) : final;
            if (TemplateFunctions.IsTrue(value) == wanted)
            {
                return value;
            }
        }

        return value;
    }

    private TemplateException Error(Node node, string shown, string message)
    {
        int lineStart = node.Position == 0 ? 0 : source.LastIndexOf('\n', node.Position - 1) + 1;
        int line = source.AsSpan(0, node.Position).Count('\n') + 1;
        return new TemplateException($"template: :{line}:{node.Position - lineStart}: executing \"\" at <{shown}>: {message}");
    }
}
